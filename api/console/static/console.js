// A page that is open keeps up with its case: it works without this, too.
"use strict";

function typing(part) {
  return [...part.querySelectorAll("details[open] form, form:focus-within")].length > 0;
}

async function renew(part, mark) {
  const shown = part.querySelector("[data-mark]");
  if (shown && shown.dataset.mark === mark) return;
  if (typing(part)) {
    tell(".stale");
    return;
  }
  const answer = await fetch(part.dataset.now, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    location.reload();
    return;
  }
  part.innerHTML = await answer.text();
  tell(".live");
}

function tell(which) {
  const note = document.querySelector(which);
  if (note) note.hidden = false;
}

for (const part of document.querySelectorAll("[data-news]")) {
  const source = new EventSource(part.dataset.news);
  source.addEventListener("changed", (event) => renew(part, event.data));
}

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

const problem = document.getElementById("problem");
if (problem) problem.focus();
