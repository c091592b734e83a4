"""Whether the register is as it was written: seals over the logs, and projections against them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from register.rebuilding import REBUILDINGS, Rebuilding

if TYPE_CHECKING:
    from domain.acting import Acting
    from register.transactions import Row, Transactions, Tx

SHOWN = 20
"""How many places of one kind of finding are named; all are counted."""


class Problem(StrEnum):
    """What can be wrong in one place."""

    MISSING = "missing"
    ALTERED = "altered"
    INSERTED = "inserted"
    LOG_GONE = "log_gone"
    SEAL_MISSING = "seal_missing"
    CHAIN_BROKEN = "chain_broken"
    SEAL_ALTERED = "seal_altered"
    ABSENT = "absent"
    UNFOUNDED = "unfounded"
    DIFFERENT = "different"

    @property
    def label(self) -> str:
        """In the words of the office."""
        return _LABELS[self]


_LABELS = {
    Problem.MISSING: "封印後に消えた行",
    Problem.ALTERED: "封印後に変わった行",
    Problem.INSERTED: "封印済みの範囲に足された行",
    Problem.LOG_GONE: "表そのものがない",
    Problem.SEAL_MISSING: "封印の欠番",
    Problem.CHAIN_BROKEN: "前の封印とつながらない",
    Problem.SEAL_ALTERED: "封印そのものの変更",
    Problem.ABSENT: "記録にあるが現在の表にない",
    Problem.UNFOUNDED: "現在の表にあるが記録にない",
    Problem.DIFFERENT: "記録と現在の表が違う",
}

_SOUND, _UNSEALED = "sound", "unsealed"


class Finding(NamedTuple):
    """Something wrong: how often, and where (log row, seal, case, person; never contents)."""

    problem: Problem
    times: int
    places: tuple[str, ...]


class Check(NamedTuple):
    """One thing that was looked at: a log, the chain of seals, or a projection."""

    name: str
    title: str
    examined: int
    findings: tuple[Finding, ...]
    unsealed: int = 0


class Verification(NamedTuple):
    """Everything about one municipality.

    ``head`` is the number and hash of its last seal: noted down elsewhere, it shows later whether
    somebody with every right has written the chain anew.
    """

    municipality: str
    checks: tuple[Check, ...]
    head: str

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not any(check.findings for check in self.checks)


async def verify(transactions: Transactions, acting: Acting) -> Verification:
    """Look at everything of one municipality; reads only, and may run while the office works."""
    async with transactions.open(acting) as tx:
        town = acting.municipality
        logs = await tx.fetch(_LOGS, town)
        checks = (
            await _chain(tx, town),
            *[await _log(tx, town, log["name"], present=log["present"]) for log in logs],
            *[await _projection(tx, town, rebuilding) for rebuilding in REBUILDINGS],
        )
        return Verification(town, checks, await _head(tx, town))


_LOGS = """
SELECT coalesce(t.name, s.log) AS name, t.name IS NOT NULL AS present
FROM log_tables() AS t (name)
FULL JOIN (SELECT DISTINCT log FROM seal WHERE municipality = $1) s ON s.log = t.name
ORDER BY 1
"""

_LOG = """
WITH sealed AS (
    SELECT u.log_id, u.hash FROM seal s, unnest(s.row_ids, s.row_hashes) AS u (log_id, hash)
    WHERE s.municipality = $1 AND s.log = $2
), edge AS (
    SELECT last_tx, row_ids[cardinality(row_ids)] AS last_id FROM seal
    WHERE municipality = $1 AND log = $2 ORDER BY sequence DESC LIMIT 1
), judged AS (
    SELECT log_id, CASE
        WHEN r.hash IS NULL THEN 'missing'
        WHEN s.hash <> r.hash THEN 'altered'
        WHEN s.hash = r.hash THEN 'sound'
        WHEN (r.tx, log_id) <= (SELECT last_tx, last_id FROM edge) THEN 'inserted'
        ELSE 'unsealed' END AS problem
    FROM sealed s FULL JOIN hashed_rows($2, '0', 0, false, NULL) r USING (log_id)
)
SELECT problem, count(*) AS times, (array_agg(log_id::text ORDER BY log_id))[1:$3] AS places
FROM judged GROUP BY problem ORDER BY problem
"""

_CHAIN = """
WITH judged AS (
    SELECT sequence, CASE
        WHEN sequence <> coalesce(lag(sequence) OVER chain, 0) + 1 THEN 'seal_missing'
        WHEN previous <> coalesce(lag(hash) OVER chain, '') THEN 'chain_broken'
        WHEN hash <> seal_hash(s) THEN 'seal_altered'
        ELSE 'sound' END AS problem
    FROM seal s WHERE municipality = $1 WINDOW chain AS (ORDER BY sequence)
)
SELECT problem, count(*) AS times, (array_agg(sequence::text ORDER BY sequence))[1:$2] AS places
FROM judged GROUP BY problem ORDER BY problem
"""

# Both sides are one statement's view, so a case that moves meanwhile is no difference.
_PROJECTION = """
WITH judged AS (
    SELECT key, CASE
        WHEN p.content IS NULL THEN 'absent'
        WHEN r.content IS NULL THEN 'unfounded'
        WHEN r.content <> p.content THEN 'different'
        ELSE 'sound' END AS problem
    FROM ({rebuilt}) r FULL JOIN ({standing}) p USING (key)
)
SELECT problem, count(*) AS times, (array_agg(key ORDER BY key))[1:$2] AS places
FROM judged GROUP BY problem ORDER BY problem
"""


async def _chain(tx: Tx, town: str) -> Check:
    return _check("seal", "封印の連鎖", await tx.fetch(_CHAIN, town, SHOWN))


async def _log(tx: Tx, town: str, log: str, *, present: bool) -> Check:
    title = "記録（追記のみ）"
    if not present:
        return Check(log, title, 0, (Finding(Problem.LOG_GONE, 1, (log,)),))
    return _check(log, title, await tx.fetch(_LOG, town, log, SHOWN))


async def _projection(tx: Tx, town: str, rebuilding: Rebuilding) -> Check:
    query = _PROJECTION.format(rebuilt=rebuilding.rebuilt, standing=rebuilding.standing)
    rows = await tx.fetch(query, town, SHOWN)
    check = _check(rebuilding.projection, rebuilding.title, rows)
    if not rebuilding.secret:
        return check
    return check._replace(findings=tuple(_masked(finding) for finding in check.findings))


async def _head(tx: Tx, town: str) -> str:
    row = await tx.fetchrow(
        "SELECT sequence, encode(hash, 'hex') AS hash FROM seal WHERE municipality = $1"
        " ORDER BY sequence DESC LIMIT 1",
        town,
    )
    return f"{row['sequence']}:{row['hash']}" if row else ""


def _check(name: str, title: str, rows: list[Row]) -> Check:
    findings = tuple(
        Finding(Problem(row["problem"]), row["times"], tuple(row["places"]))
        for row in rows
        if row["problem"] not in {_SOUND, _UNSEALED}
    )
    unsealed = sum(row["times"] for row in rows if row["problem"] == _UNSEALED)
    return Check(name, title, sum(row["times"] for row in rows), findings, unsealed)


def _masked(finding: Finding) -> Finding:
    """Of a 住民票コード only the end is shown."""
    places = tuple(f"{'*' * (len(place) - 4)}{place[-4:]}" for place in finding.places)
    return finding._replace(places=places)
