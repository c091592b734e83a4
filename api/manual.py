"""The office's manual as the API needs it: the lines of a procedure, and what a step wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.cases import Procedure, Verb
from domain.notifications import Child
from workflows.rehearsal import AWAIT_APPROVAL, card_of, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.telegrams import Peer

# Whose 届出 is amended at an incident, person by person; a 転出 is amended while it waits, and what
# else is wrong is withdrawn and accepted anew.
_AMENDED_AT_INCIDENTS = frozenset(
    {Procedure.BIRTH, Procedure.MOVE_IN, Procedure.SPECIAL_MOVE_IN, Procedure.ENTRY}
)


class Line(NamedTuple):
    """One line of a procedure: its step, what takes it back, and the system it speaks to.

    ``whole_case`` marks a step that is done once for all persons of the case, under subject 0.
    """

    step: str
    undo: str | None
    peer: Peer | None
    whole_case: bool = False


def manual(procedure: str, seen: Iterable[str]) -> list[Line]:
    """The lines in order, 決裁を待つ in front of the entry where the case waits for it.

    Steps seen in the ledger that no line names come after.
    """
    seen = list(seen)
    lines = [
        Line(line.step, line.undo, _peer(line.step), card_of(line.step).whole_case)
        for line in lines_of(procedure)
    ]
    if AWAIT_APPROVAL in seen:
        entry = next((at for at, line in enumerate(lines) if card_of(line.step).enters), 0)
        lines.insert(entry, Line(AWAIT_APPROVAL, None, None, whole_case=True))
    known = {line.step for line in lines}
    strangers = dict.fromkeys(step for step in seen if step not in known)
    return [*lines, *(Line(step, None, _peer(step)) for step in strangers)]


def amendable(procedure: str) -> list[str]:
    """The fields a decision may amend in a case of this procedure."""
    ours = procedure in set(Procedure)
    return [] if ours and procedure not in _AMENDED_AT_INCIDENTS else sorted(Child.AMENDABLE)


def following(procedure: str) -> list[str]:
    """The steps of a procedure that look again after an amendment."""
    return [line.step for line in lines_of(procedure) if card_of(line.step).follows_amendments]


def needs(step: str, verb: Verb, *, second_person: bool) -> list[str]:
    """What must be told with a decision at this step."""
    if verb is Verb.AMEND:
        return ["reason", "amendment"]
    if verb is not Verb.DONE_BY_HAND:
        return ["reason"]
    number = ["number"] if wants_number(step) else []
    second = ["second_person"] if second_person else []
    return ["reason", "evidence", *number, *second]


def wants_number(step: str) -> bool:
    """Whether the step, done by hand, must be told the 個人番号 it would have brought."""
    try:
        return card_of(step).by_hand.value == "number"
    except KeyError:
        return False


def is_step(name: str) -> bool:
    """Whether some procedure has, or takes back by, a step of this name."""
    try:
        return bool(card_of(name))
    except KeyError:
        return False


def numbering() -> list[str]:
    """The steps that bring somebody their 個人番号, over all procedures."""
    steps = [line.step for procedure in Procedure for line in lines_of(procedure)]
    return sorted({step for step in steps if wants_number(step)})


def _peer(step: str) -> Peer | None:
    try:
        return card_of(step).peer
    except KeyError:
        return None
