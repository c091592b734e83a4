"""Incidents: where a case stands still until somebody decides. And failures that time will heal."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

from register import incident_kinds
from register.incident_kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from domain.cases import StepRef, Verb
    from domain.telegrams import Peer
    from register.transactions import Tx

_NAMESPACE = UUID("4e9e9b0a-0c4b-5a43-9c7e-2b7f9f1f7c55")


class IncidentKind(StrEnum):
    """Why somebody must decide."""

    REFUSED = "refused"
    CONTRACT_BROKEN = "contract_broken"
    TAKE_BACK_BY_HAND = "take_back_by_hand"
    TELL_BY_HAND = "tell_by_hand"


class Trouble(NamedTuple):
    """A step that did not work: its kind and code, and the system it spoke to, if any."""

    kind: str
    code: str
    peer: Peer | None


async def park(tx: Tx, ref: StepRef, step: str, trouble: Trouble, verbs: Sequence[Verb]) -> UUID:
    """Open the incident of a step that was refused; the one already open is the same one.

    The decision that sent the step on its way, if there was one, has failed again.
    """
    standing = await tx.fetchrow(
        "SELECT incident_id, state FROM incident WHERE municipality = $1 AND case_id = $2"
        " AND step = $3 AND subject = $4 AND state <> 'closed' FOR UPDATE",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
    if standing is not None and standing["state"] == "open":
        return standing["incident_id"]
    if standing is not None:
        await _failed_again(tx, ref.municipality, standing["incident_id"])
    return await _open(tx, ref, step, trouble, verbs)


async def is_retried(tx: Tx, ref: StepRef, step: str, code: str) -> bool:
    """Whether staff have looked at this refusal of the step and decided to go on as it is."""
    return await tx.fetchval(
        "SELECT EXISTS (SELECT FROM incident i JOIN decision d USING (municipality, incident_id)"
        " WHERE i.municipality = $1 AND i.case_id = $2 AND i.step = $3 AND i.subject = $4"
        " AND i.code = $5 AND d.verb = 'retry')",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
        code,
    )


async def _open(tx: Tx, ref: StepRef, step: str, trouble: Trouble, verbs: Sequence[Verb]) -> UUID:
    sequence = await tx.fetchval(
        "SELECT count(*) FROM incident WHERE municipality = $1 AND case_id = $2 AND"
        " step = $3 AND subject = $4",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
    incident_id = uuid5(_NAMESPACE, f"{ref.case_id}/{step}/{ref.subject}/{sequence}")
    await tx.execute(
        "INSERT INTO incident (municipality, incident_id, case_id, step, subject, sequence, kind,"
        " code, peer, verbs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        ref.municipality,
        incident_id,
        ref.case_id,
        step,
        ref.subject,
        sequence,
        trouble.kind,
        trouble.code,
        trouble.peer,
        list(verbs),
    )
    kind = Kind(trouble.peer, trouble.code, step)
    await incident_kinds.seen(tx, ref.municipality, kind)
    return incident_id


async def _failed_again(tx: Tx, municipality: str, incident_id: UUID) -> None:
    await tx.execute(
        "UPDATE incident SET state = 'closed', closed_at = clock_timestamp()"
        " WHERE municipality = $1 AND incident_id = $2",
        municipality,
        incident_id,
    )
    await tx.execute(
        "INSERT INTO decision_event (municipality, decision_id, event)"
        " SELECT municipality, decision_id, 'failed_again' FROM decision"
        " WHERE municipality = $1 AND incident_id = $2 ON CONFLICT DO NOTHING",
        municipality,
        incident_id,
    )


class Attempt(NamedTuple):
    """One attempt of an activity: ``key`` is the same when the same attempt reports twice."""

    key: str
    next_in: timedelta | None


async def note_failure(tx: Tx, ref: StepRef, step: str, trouble: Trouble, attempt: Attempt) -> None:
    """Note an attempt that failed; equal failures in a row are counted in one row."""
    counted = await tx.fetchval(
        "UPDATE step_failure SET times = times + (last_attempt <> $7)::integer, last_attempt = $7,"
        " last_at = clock_timestamp(), next_at = clock_timestamp() + $8::interval"
        " WHERE municipality = $1 AND case_id = $2 AND step = $3 AND subject = $4 AND kind = $5"
        " AND code = $6 AND NOT over RETURNING true",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
        trouble.kind,
        trouble.code,
        attempt.key,
        attempt.next_in,
    )
    if counted:
        return
    await tries_no_more(tx, ref, step)
    await tx.execute(
        "INSERT INTO step_failure (municipality, case_id, step, subject, kind, code, peer,"
        " last_attempt, next_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
        " clock_timestamp() + $9::interval)",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
        trouble.kind,
        trouble.code,
        trouble.peer,
        attempt.key,
        attempt.next_in,
    )


async def tries_no_more(tx: Tx, ref: StepRef, step: str) -> None:
    """A step is not tried again as it was: whatever failed is over."""
    await tx.execute(
        "UPDATE step_failure SET over = true WHERE municipality = $1 AND case_id = $2 AND step = $3"
        " AND subject = $4 AND NOT over",
        ref.municipality,
        ref.case_id,
        step,
        ref.subject,
    )
