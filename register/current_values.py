"""Which of a person's values in the vault is the current one, and what brought it.

Nothing here opens a value: they go by their ordinals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.errors import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx

CURRENT, FORMER, VOID = "current", "former", "void"


class Whose(NamedTuple):
    """Whose values, and which kind of them, such as the 個人番号."""

    municipality: str
    resident_id: UUID
    field: str


async def bring(tx: Tx, whose: Whose, ordinal: int, case_id: UUID | None) -> None:
    """Make a value the current one; what was so becomes a former one, and stays as history."""
    replaced = await tx.fetchval(
        "SELECT ordinal FROM vault WHERE municipality = $1 AND resident_id = $2 AND field = $3"
        " AND standing = 'current' FOR UPDATE",
        *whose,
    )
    if replaced is not None:
        await _note(tx, whose, replaced, "replaced", case_id)
    await _note(tx, whose, ordinal, "brought", case_id)


async def take_back(tx: Tx, whose: Whose, case_id: UUID) -> None:
    """Make the value that stood before a case current again; harmless where it brought none.

    What nobody but the case has ever brought was never theirs, and may be somebody else's: it is
    void.  Raises `Refused` LATER_CASE_STANDS where another value has been brought since.
    """
    brought = await tx.fetchrow(_BROUGHT, *whose, case_id)
    if brought is None or brought["event"] != "brought":
        return
    if brought["standing"] != CURRENT:
        raise Refused("LATER_CASE_STANDS")
    event = "given_back" if brought["known_before"] else "never_was"
    await _note(tx, whose, brought["ordinal"], event, case_id)
    if brought["replaced"] is not None:
        await _note(tx, whose, brought["replaced"], "restored", case_id)


_BROUGHT = """
SELECT e.ordinal, e.event, v.standing,
    (SELECT r.ordinal FROM vault_event r WHERE r.municipality = $1 AND r.resident_id = $2
        AND r.field = $3 AND r.case_id = $4 AND r.event = 'replaced'
        ORDER BY r.log_id LIMIT 1) AS replaced,
    EXISTS (SELECT FROM vault_event k WHERE k.municipality = $1 AND k.resident_id = $2
        AND k.field = $3 AND k.ordinal = e.ordinal AND k.event = 'brought'
        AND k.case_id IS DISTINCT FROM $4) AS known_before
FROM vault_event e JOIN vault v USING (municipality, resident_id, field, ordinal)
WHERE e.municipality = $1 AND e.resident_id = $2 AND e.field = $3 AND e.case_id = $4
    AND e.event <> 'replaced' AND e.event <> 'restored'
ORDER BY e.log_id DESC LIMIT 1
"""

_STANDING = {
    "brought": CURRENT,
    "restored": CURRENT,
    "replaced": FORMER,
    "given_back": FORMER,
    "never_was": VOID,
}


async def _note(tx: Tx, whose: Whose, ordinal: int, event: str, case_id: UUID | None) -> None:
    await tx.execute(
        "WITH noted AS (INSERT INTO vault_event"
        "  (municipality, resident_id, field, ordinal, event, case_id)"
        "  VALUES ($1, $2, $3, $4, $5, $6))"
        " UPDATE vault SET standing = $7 WHERE municipality = $1 AND resident_id = $2"
        " AND field = $3 AND ordinal = $4",
        *whose,
        ordinal,
        event,
        case_id,
        _STANDING[event],
    )
