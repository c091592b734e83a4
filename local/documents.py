"""Tables of documents, told from the code: ``python -m local.documents [--check]``.

A page of docs/procedures marks the place of its steps with the procedure's name, docs/operations.md
that of who may do what; everything between the marks is ours:

    <!-- steps: 出生付番 -->
    <!-- /steps -->
"""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import activities
from activities.step import ByHand, StepCard, card_of
from domain.cases import WaitKind
from domain.telegrams import Message, Peer
from domain.waits import WORDS
from local import HOME
from local.rights_table import rights_table
from workflows.rehearsal import Line, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAGES = HOME / "docs" / "procedures"
OPERATIONS = HOME / "docs" / "operations.md"

_TABLE = re.compile(r"(<!-- steps: (?P<procedure>\S+) -->\n).*?(<!-- /steps -->)", re.DOTALL)
_RIGHTS = re.compile(r"(<!-- rights -->\n).*?(<!-- /rights -->)", re.DOTALL)
_HEADINGS = ("", "手順", "取消し", "相手", "電文", "訂正の後", "手作業での完了", "待つもの")
_NONE = "–"
_BY_HAND = {
    ByHand.NO: _NONE,
    ByHand.WITH_EVIDENCE: "根拠",
    ByHand.WITH_NUMBER: "根拠と個人番号",
}


def main() -> int:
    """Write every table anew, or with ``--check`` only say which page has drifted (1 if any)."""
    drifted = [page for page in written() if told_anew(page) != page.read_text("utf-8")]
    for page in drifted:
        sys.stdout.write(f"{page.relative_to(HOME)}\n")
        if "--check" not in sys.argv[1:]:
            page.write_text(told_anew(page), "utf-8")
    return int(bool(drifted) and "--check" in sys.argv[1:])


def pages() -> list[Path]:
    """The pages of all procedures."""
    return sorted(PAGES.glob("*.md"))


def written() -> list[Path]:
    """Every document that holds a table of ours."""
    return [*pages(), OPERATIONS]


def told_anew(page: Path) -> str:
    """A page's text with its tables as the code has them now."""
    text = _RIGHTS.sub(lambda found: found[1] + rights_table() + found[2], page.read_text("utf-8"))
    return _TABLE.sub(lambda found: found[1] + step_table(found["procedure"]) + found[3], text)


def step_table(procedure: str) -> str:
    """The lines of a procedure as a table; raises LookupError for one nobody knows."""
    lines = lines_of(procedure)
    if not lines:
        raise LookupError(procedure)
    rule = ["---"] * len(_HEADINGS)
    rows = [_HEADINGS, rule, *(_row(place, line) for place, line in enumerate(lines, start=1))]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(place: int, line: Line) -> tuple[str, ...]:
    card, back = card_of(line.step), card_of(line.undo) if line.undo else None
    return (
        str(place),
        card.name,
        back.name if back else "なし",
        card.peer.known_as if card.peer else "台帳",
        _messages(card),
        "見直す" if card.follows_amendments else _NONE,
        _by_hand(card, back),
        _waits(card),
    )


def _by_hand(card: StepCard, back: StepCard | None) -> str:
    forward = _BY_HAND[card.by_hand]
    return f"{forward}（取消しも）" if back and back.by_hand is not ByHand.NO else forward


def _messages(card: StepCard) -> str:
    if card.peer is None:
        return _NONE
    sent = sorted({letter.message for letter in _letters(_method(card.repeats or card.name))})
    return ", ".join(sent) or "照会のみ"


def _waits(card: StepCard) -> str:
    """Told from the code of the step, of its letters, and of the functions it calls by name."""
    method = _method(card.repeats or card.name)
    names = {name for code in _told_by(method) for name in code.__code__.co_names}
    found = {kind for kind in WaitKind if kind.name in names}
    # Whatever leaves for 住基ネット waits until it is open, without the step saying so.
    if card.peer is Peer.JLIS and any(_letters(method)):
        found.add(WaitKind.OPENING)
    return "、".join(WORDS[kind].short for kind in WaitKind if kind in found) or _NONE


def _told_by(method: Callable[..., Any]) -> Iterator[Any]:
    yield method
    yield from (letter.compose for letter in _letters(method))
    yield from (called for called in _called_by(method) if inspect.isfunction(called))


def _letters(method: Callable[..., Any]) -> list[Any]:
    """The letters a step hands to its peer: classes of its module that name their message."""
    return [
        called
        for called in _called_by(method)
        if inspect.isclass(called) and isinstance(getattr(called, "message", None), Message)
    ]


def _called_by(method: Any) -> list[Any]:
    return [method.__globals__.get(name) for name in method.__code__.co_names]


def _method(step: str) -> Callable[..., Any]:
    return next(method for method in _methods() if getattr(method, "__step__", None) == step)


def _methods() -> Iterator[Callable[..., Any]]:
    """Every method of every class of `activities`."""
    for module in iter_modules(activities.__path__, "activities."):
        for _, collaborator in inspect.getmembers(import_module(module.name), inspect.isclass):
            yield from (method for _, method in inspect.getmembers(collaborator))


if __name__ == "__main__":
    sys.exit(main())
