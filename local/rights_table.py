"""Who may do what, as docs/operations.md shows it: told from `api.rights`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.rights import COLUMNS, ELSE, TABLE
from runtime.settings import TokenRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.rights import Roles

LETTERS = {
    TokenRole.COUNTER: "窓",
    TokenRole.EXAMINER: "審",
    TokenRole.CHIEF: "責",
    TokenRole.OPERATIONS: "運",
    TokenRole.CLIENT: "他",
}


def rights_table() -> str:
    """Both tables with what the letters mean: by procedure and act, and what has no procedure."""
    legend = "、".join(f"{letter} = {role.label}" for role, letter in LETTERS.items())
    lines = [legend + "、– = 誰も行わない。", "", *_by_procedure(), "", *_else()]
    return "".join(f"{line}\n" for line in lines)


def _by_procedure() -> Iterator[str]:
    yield _row("手続", *(act.value for act in COLUMNS))
    yield _row(*["---"] * (len(COLUMNS) + 1))
    for procedure, row in TABLE.items():
        yield _row(procedure, *(_cell(roles) for roles in row))


def _else() -> Iterator[str]:
    yield _row("手続によらないこと", "行える役割")
    yield _row("---", "---")
    for act, roles in ELSE.items():
        yield _row(act.value, _cell(roles))


def _cell(roles: Roles) -> str:
    return "".join(letter for role, letter in LETTERS.items() if role in roles) or "–"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
