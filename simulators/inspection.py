"""What tests and reconciliation read: everything a system holds of one municipality."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulators.system import System

# One query per list; each gives rows as JSON, so what a test reads is what stands in the tables.
_LISTS = {
    "messages": (
        "SELECT id, kind, status, answer::jsonb ->> 'code' AS code, answered_at FROM messages"
        " WHERE municipality = $1 ORDER BY answered_at, id"
    ),
    "notices": (
        "SELECT cause, message_id, subject, kind, attempts, delivered_at FROM deliveries"
        " WHERE municipality = $1 ORDER BY id"
    ),
}
_OWN_LISTS = {
    "jlis": {
        "people": (
            "SELECT code, allotted_to, number, holder, live, contents,"
            " coalesce((orders ->> $1)::integer, 0) AS update_number,"
            " (SELECT coalesce(json_agg(e ORDER BY update_number), '[]') FROM ("
            "   SELECT message_id, update_number, change, reason, effective_on, notified_on,"
            "     cancels, countered_by, applied, contents, former_code FROM entries"
            "   WHERE entries.code = people.code AND municipality = $1) AS e) AS entries"
            " FROM people WHERE (allotted_to = $1 OR holder = $1)"
            " AND (number IS NOT NULL OR holder IS NOT NULL) ORDER BY code"
        ),
        "vacant_codes": (
            "SELECT code FROM people WHERE allotted_to = $1 AND number IS NULL"
            " AND holder IS NULL AND retired_at IS NULL ORDER BY code"
        ),
        "retired_codes": (
            "SELECT code, replaced_by, retired_by, retired_at FROM people"
            " JOIN messages ON messages.id = retired_by WHERE messages.municipality = $1"
            " ORDER BY retired_at, code"
        ),
        "former_numbers": (
            "SELECT code, number, replaced_by, message_id, retired_at FROM former_numbers"
            " WHERE municipality = $1 ORDER BY retired_at, number"
        ),
        "digital_certificates": (
            "SELECT serial, purpose, code, issued_at, expires_on, replaces, revoked_at, reason,"
            " CASE WHEN revoked_at IS NULL THEN '有効' ELSE '失効' END AS state"
            " FROM jpki_certificates JOIN people USING (code)"
            " WHERE allotted_to = $1 OR holder = $1 ORDER BY issued_at, serial"
        ),
        "certificate_events": (
            "SELECT ordinal, event, serial, happened_at FROM jpki_events"
            " WHERE municipality = $1 ORDER BY ordinal"
        ),
        "mailings": (
            "SELECT message_id, code, contents FROM mailings WHERE municipality = $1"
            " ORDER BY message_id"
        ),
        "linkage_requests": (
            "SELECT request_number, code, message_id FROM linkage_requests"
            " WHERE municipality = $1 ORDER BY request_number"
        ),
        "symbols": "SELECT code, symbol FROM symbols WHERE municipality = $1 ORDER BY code",
        "certificates": (
            "SELECT message_id, origin, destination, applicant, voided_by, reported_by, envelope"
            " FROM certificates WHERE origin = $1 OR destination = $1 ORDER BY ordinal"
        ),
        "move_in_notices": (
            "SELECT message_id, municipality, origin, contents FROM move_in_notices"
            " WHERE municipality = $1 OR origin = $1 ORDER BY message_id"
        ),
        "departures": (
            "SELECT message_id, code, contents FROM departures WHERE municipality = $1"
            " ORDER BY message_id"
        ),
    },
    "mynaportal": {
        "applications": (
            "SELECT id, origin, destination, filed_at, contents FROM applications"
            " WHERE origin = $1 OR destination = $1 ORDER BY filed_at, id"
        ),
        "parts": (
            "SELECT message_id, application_id, kind, withdrawn_by, envelope FROM parts"
            " WHERE municipality = $1 ORDER BY kind, message_id"
        ),
        "statuses": (
            "SELECT message_id, application_id, contents FROM statuses WHERE municipality = $1"
            " ORDER BY ordinal"
        ),
    },
    "unified_addressee": {
        "numbers": (
            "SELECT unified_number, my_number FROM numbers WHERE municipality = $1"
            " ORDER BY unified_number"
        ),
        "former_numbers": (
            "SELECT unified_number, my_number, request_id, replaced_at FROM former_numbers"
            " WHERE municipality = $1 ORDER BY replaced_at, request_id"
        ),
        "addressees": (
            "SELECT addressee_number, unified_number, my_number, closed, contents"
            " FROM addressees JOIN numbers USING (municipality, unified_number)"
            " WHERE municipality = $1 ORDER BY addressee_number"
        ),
    },
    "intermediate_server": {
        "numbers": (
            "SELECT unified_number, closed, version FROM numbers WHERE municipality = $1"
            " ORDER BY unified_number"
        ),
        "copies": (
            "SELECT unified_number, deleted, version, facts FROM copies WHERE municipality = $1"
            " ORDER BY unified_number"
        ),
        "linkages": (
            "SELECT request_number, symbol FROM linkages WHERE municipality = $1"
            " ORDER BY request_number"
        ),
    },
}
# What is forgotten with a municipality, in this order; what others said of its people too.
_HERE = "municipality = $1"
_ABOUT = "(municipality = $1 OR code IN (SELECT code FROM people WHERE allotted_to = $1))"
_TABLES = {
    "jlis": {
        "jpki_events": _HERE,
        "jpki_ordinals": _HERE,
        "jpki_certificates": "code IN (SELECT code FROM people WHERE allotted_to = $1)",
        "former_numbers": _ABOUT,
        "departures": _HERE,
        "move_in_notices": "(municipality = $1 OR origin = $1)",
        "certificates": "(origin = $1 OR destination = $1)",
        "linkage_requests": _HERE,
        "symbols": _ABOUT,
        "mailings": _ABOUT,
        "entries": _ABOUT,
        "people": "allotted_to = $1",
    },
    "unified_addressee": {"former_numbers": _HERE, "addressees": _HERE, "numbers": _HERE},
    "intermediate_server": {"linkages": _HERE, "copies": _HERE, "numbers": _HERE},
    "mynaportal": {"applications": "(origin = $1 OR destination = $1)"},
}
_EVERYWHERE = {"deliveries": _HERE, "messages": _HERE}


async def ledger_of(system: System, municipality: str) -> dict[str, object]:
    """Every list of a system, and under ``counts`` how long each is."""
    found: dict[str, list[object]] = {}
    for name, query in (_LISTS | _OWN_LISTS[system.name]).items():
        text = await system.pool.fetchval(
            f"SELECT coalesce(json_agg(row), '[]')::text FROM ({query}) AS row",  # noqa: S608 - ours
            municipality,
        )
        found[name] = json.loads(text)
    return {**found, "counts": {name: len(rows) for name, rows in found.items()}}


async def wipe(systems: Iterable[System], municipality: str | None) -> None:
    """Empty the ledgers of one municipality or of all; the secret and the postal table stay."""
    for system in systems:
        async with system.pool.acquire() as connection, connection.transaction():
            for table, mine in (_TABLES[system.name] | _EVERYWHERE).items():
                await connection.execute(
                    f"DELETE FROM {table} WHERE $1::text IS NULL OR {mine}",  # noqa: S608 - ours
                    municipality,
                )
