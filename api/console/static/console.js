// A page that is open keeps up with its case: it works without this, too.
"use strict";

const AGAIN = 3000; // milliseconds

function typing(part) {
  return [...part.querySelectorAll("details[open] form, form:focus-within")].length > 0;
}

async function renew(part, mark) {
  const shown = part.querySelector("[data-mark]");
  if (shown && shown.dataset.mark === mark) return;
  if (typing(part)) {
    tell(".stale");
    await happened();
    return;
  }
  let answer;
  try {
    answer = await fetch(part.dataset.now, { credentials: "same-origin" });
  } catch {
    // Told, and not shown yet: nobody will say it a second time.
    tell(".lost");
    setTimeout(() => renew(part, mark), AGAIN);
    return;
  }
  if (!answer.ok || answer.redirected) {
    location.reload();
    return;
  }
  part.innerHTML = await answer.text();
  tell(".lost", true);
  tell(".live");
}

// What somebody who is typing has missed; the sentence above it is enough where it cannot be had.
async function happened() {
  const place = document.querySelector("[data-happened]");
  if (!place) return;
  const answer = await fetch(place.dataset.happened, { credentials: "same-origin" }).catch(() => null);
  if (answer && answer.ok && !answer.redirected) place.innerHTML = await answer.text();
}

function viewers(names) {
  const place = document.querySelector(".viewers");
  if (!place) return;
  place.querySelector("span").textContent = names;
  place.hidden = !names;
}

function tell(which, hidden = false) {
  const note = document.querySelector(which);
  if (note) note.hidden = hidden;
}

function follow(part) {
  let source;
  const open = () => {
    if (source) source.close();
    source = new EventSource(part.dataset.news);
    source.addEventListener("open", () => tell(".lost", true));
    source.addEventListener("changed", (event) => renew(part, event.data));
    source.addEventListener("viewers", (event) => viewers(event.data));
    source.addEventListener("error", () => {
      tell(".lost");
      // A browser gives up by itself when it has no network at all.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN);
    });
  };
  open();
  addEventListener("online", open);
}

document.querySelectorAll("[data-news]").forEach(follow);

for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    // Once the browser has noted which button it was: a disabled one says nothing.
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  });
}

const problem = document.getElementById("problem");
if (problem) problem.focus();

// The day of an entry may be slid to; without this it is typed.
for (const slide of document.querySelectorAll("[data-slides]")) {
  const range = slide.querySelector("input");
  const day = document.getElementById(slide.dataset.slides);
  const from = Date.parse(slide.dataset.from);
  range.max = Math.max(Math.round((Date.parse(slide.dataset.until) - from) / 86400000), 1);
  range.value = day.value ? Math.round((Date.parse(day.value) - from) / 86400000) : range.max;
  const shown = () => new Date(from + range.value * 86400000).toISOString().slice(0, 10);
  range.addEventListener("input", () => { day.value = shown(); range.ariaValueText = shown(); });
  range.addEventListener("change", () => day.form.requestSubmit());
  slide.hidden = false;
}
