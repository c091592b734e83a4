"""`jukiflow verify` notices every way in which a projection can depart from the logs."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from domain.bulk import BulkEvent, Wanted
from domain.cases import Direction, Procedure, StepRef, StepState, Verb
from domain.differences import DifferenceKind
from domain.identifiers import new_id
from domain.stuck import Stuck
from domain.telegrams import Message, Peer
from register import (
    bulk_drafts,
    bulk_items,
    bulk_repairs,
    case_notes,
    cases,
    clock,
    code_pool,
    decisions,
    differences,
    gates,
    inbox,
    incidents,
    lanes,
    ledger,
    linkages,
    reconciliations,
    serials,
    telegrams,
)
from register.bulk_drafts import Draft, Listed
from register.bulk_repairs import Said
from register.case_notes import Author
from register.cases import Acceptance
from register.decisions import Ruling
from register.differences import Found
from register.inbox import InboxState, Received
from register.incidents import Trouble
from register.telegrams import Outcome, TelegramState, Writing
from register.vault import erase_body
from register.verification import Problem, Verification, verify
from register.watching import Finding
from tests.numbers import resident_code
from tests.people import a_family
from tests.stuck import found as put_on_the_list

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from register.transactions import Tx
    from tests.towns import Town

STEP = "本人確認情報を送信する"
POOL = 10_000_000
"""Codes of these tests' pools begin here, each town's own thousand further on."""


class Lived(NamedTuple):
    """What happened in a town so far: one case, under way."""

    ref: StepRef
    telegram_id: UUID
    decision_id: UUID


@pytest.fixture
async def lived(town: Town, database_urls: Mapping[str, str]) -> Lived:
    """A town with a family, codes, a stuck case with a telegram and a decision, and a message."""
    await town.take_over(a_family())
    async with town.open() as tx:
        first = POOL + int(town.code[:5]) * 1000
        codes = [resident_code(first + ordinal) for ordinal in range(3)]
        await code_pool.allot(tx, town.code, new_id(), codes)
        acceptance = Acceptance(Procedure.BIRTH, {"reported": "birth"}, "test", persons=1)
        case = await cases.accept(tx, town.code, acceptance)
        ref = StepRef(municipality=town.code, case_id=case.case_id, subject=1)
        await code_pool.reserve(tx, ref)
        telegram_id = await _send(tx, town, ref)
        await ledger.record(tx, ref, STEP, StepState.BEGUN, 0)
        await ledger.record(tx, ref, STEP, StepState.DONE, 0)
        ruling = Ruling(ref.case_id, None, Verb.WITHDRAW, "test", "chief", "試験")
        decision_id = await decisions.accept(tx, town.code, ruling)
        received = Received("jlis", new_id(), "", b"{}")
        await inbox.receive(tx, town.vault, town.code, received)
        await inbox.place(tx, town.code, received.message_id, InboxState.UNCLAIMED)
        await case_notes.write(tx, town.code, ref.case_id, Author("test", "chief"), "試験")
        await linkages.taken(tx, ref, new_id(), new_id())
        found = Found(DifferenceKind.JLIS_ORDER, "somebody", None)
        await differences.find(tx, town.code, ref.case_id, found)
        page = reconciliations.Outcome(
            telegram_id, "", last=True, compared=1, total=1, found=1, in_transition=0
        )
        await reconciliations.turn(tx, ref, Peer.JLIS, 1, page)
        await serials.turn(
            tx, ref, serials.Turned(telegram_id, "1", more=False, linked=1, revoked=0, unmatched=0)
        )
        for _ in range(5):
            await gates.unanswered(tx, ref, Peer.JLIS, "HTTP_503")
        since = await clock.now(tx)
        await _repair_in_bulk(tx, town, ref)
    stuck = Finding(town.code, ref.case_id, Stuck.NO_RUN, since)
    await put_on_the_list(database_urls, [stuck])
    return Lived(ref, telegram_id, decision_id)


async def test_a_town_that_has_lived_is_sound(town: Town, lived: Lived) -> None:
    """Every projection that is checked holds something here, so the tests below can fail."""
    verified = await verify(town.transactions, town.acting)

    assert verified.sound, verified
    assert lived.ref.municipality == verified.municipality
    empty = {check.name for check in verified.checks if not check.examined}
    assert empty <= {
        "seal",
        "feed_event",
        "visit",
        "move_in_notice",
        "approval",
        "certificate_person",
    }


CORRUPTIONS = {
    "resident_present": "UPDATE resident_present SET presence = '除票'",
    "case_file": "UPDATE case_file SET state = 'completed'",
    "step_ledger": "UPDATE step_ledger SET state = 'undone'",
    "telegram_state": "UPDATE telegram_state SET state = 'refused'",
    "lane": "UPDATE lane SET delivered = 9",
    "pool_code": "UPDATE pool_code SET state = 'free'",
    "code_reservation": "UPDATE code_reservation SET state = 'released'",
    "difference": "UPDATE difference SET state = 'gone'",
    "stuck_case": "UPDATE stuck_case SET state = 'gone', gone_at = clock_timestamp()",
    "peer_gate": "UPDATE peer_gate SET reason = 'HTTP_500'",
    "peer_note": "UPDATE peer_note SET closed_at = clock_timestamp()",
    "bulk_repair": "UPDATE bulk_repair SET state = 'paused'",
    "inbox_state": "UPDATE inbox_state SET state = 'merged'",
    "decision_outcome": "INSERT INTO decision_event (municipality, decision_id, event)"
    " SELECT municipality, decision_id, 'worked' FROM decision",
}


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("check", CORRUPTIONS)
async def test_a_projection_that_departs_from_its_log_is_found(town: Town, check: str) -> None:
    """Each of these is within the office's own rights: no grant and no trigger stops it."""
    async with town.open() as tx:
        await tx.execute(CORRUPTIONS[check])

    assert _found(await verify(town.transactions, town.acting)) == {check: {Problem.DIFFERENT}}


@pytest.mark.usefixtures("lived")
async def test_a_row_no_log_knows_of_is_found(town: Town) -> None:
    async with town.open() as tx:
        await tx.execute(
            "INSERT INTO lane (municipality, resident_id, delivered) VALUES ($1, $2, 3)",
            town.code,
            new_id(),
        )

    assert _found(await verify(town.transactions, town.acting)) == {"lane": {Problem.UNFOUNDED}}


@pytest.mark.usefixtures("lived")
async def test_a_row_the_log_demands_is_missed(town: Town) -> None:
    async with town.open() as tx:
        await tx.execute(
            "INSERT INTO case_event (municipality, case_id, event) VALUES ($1, $2, 'accepted')",
            town.code,
            new_id(),
        )

    assert _found(await verify(town.transactions, town.acting)) == {"case_file": {Problem.ABSENT}}


@pytest.mark.usefixtures("lived")
async def test_of_a_code_only_the_end_is_named(town: Town) -> None:
    """What verify prints ends in logs and mails."""
    async with town.open() as tx:
        code = await tx.fetchval(
            "UPDATE pool_code SET state = 'retired' WHERE state = 'reserved' RETURNING code"
        )

    verified = await verify(town.transactions, town.acting)

    assert code not in str(verified)
    assert f"*******{code[-4:]}" in str(verified)


async def test_what_the_office_does_by_the_rules_is_no_difference(town: Town, lived: Lived) -> None:
    """A telegram taken over, a step reopened, a body erased, a case turned, a code given back."""
    ref = lived.ref
    async with town.open() as tx:
        other = await _begin(tx, town, ref, generation=1)
        sent = await telegrams.of_step(tx, ref, STEP)
        fence = await telegrams.take_over(tx, town.code, sent[-1])
        await telegrams.leave_again(tx, town.code, sent[-1]._replace(fence=fence))
        await ledger.reopen(tx, ref, [STEP], 1)
        await erase_body(tx, lived.telegram_id, "RETENTION")
        (case,) = await tx.fetch("SELECT * FROM case_file WHERE case_id = $1", ref.case_id)
        await cases.turn_back(tx, cases.CaseRef.model_validate(dict(case)))
        await code_pool.give_back(tx, ref)
    assert other != lived.telegram_id

    verified = await verify(town.transactions, town.acting)

    assert verified.sound, _found(verified)


async def test_the_command_tells_by_its_exit_code(
    town: Town, lived: Lived, database_urls: Mapping[str, str]
) -> None:
    """So that a nightly run needs no reader; and it needs no more rights than the office has."""
    assert await _command(town, database_urls) == (0, "違いはありません。No differences.")

    async with town.open() as tx:
        await tx.execute("UPDATE step_ledger SET state = 'undone'")

    code, last = await _command(town, database_urls)
    assert code == 1
    assert f"different × 1: {lived.ref.case_id}/{STEP}/1" in last


async def _send(tx: Tx, town: Town, ref: StepRef) -> UUID:
    telegram_id = await _begin(tx, town, ref, generation=0)
    outcome = Outcome(telegram_id, 1, TelegramState.DELIVERED)
    assert await telegrams.conclude(tx, town.code, outcome)
    travelled = await telegrams.update_number(tx, town.code, telegram_id)
    assert travelled is not None
    await lanes.delivered(tx, town.code, *travelled)
    return telegram_id


async def _repair_in_bulk(tx: Tx, town: Town, ref: StepRef) -> None:
    """A 一括処理 of one item, which was settled otherwise before its turn came."""
    incident_id = await incidents.park(
        tx, ref, STEP, Trouble("refused", "ORDER", Peer.JLIS), (Verb.RETRY,)
    )
    draft = Draft(Verb.RETRY, Wanted(step=STEP), 1, "test", "chief", "試験")
    listed = Listed(incident_id, ref.case_id, Procedure.BIRTH)
    bulk_id = await bulk_drafts.freeze(tx, town.code, draft, [listed])
    said = Said(
        event=BulkEvent.CONFIRMED, author="test", role="chief", reason="", at=await clock.now(tx)
    )
    drafted = await bulk_repairs.lock(tx, bulk_id)
    turn = await bulk_items.next_turn(tx, town.code, bulk_id)
    assert drafted is not None
    assert turn is not None
    await bulk_repairs.say(tx, town.code, drafted, said)
    await bulk_items.decide(tx, town.code, drafted, turn, said)


async def _begin(tx: Tx, town: Town, ref: StepRef, generation: int) -> UUID:
    place = await ledger.stand_at(tx, ref, STEP, Direction.FORWARD)
    assert place.resident_id is not None
    await lanes.in_front(tx, ref, place.resident_id)
    letter = Writing(
        telegram_id=new_id(),
        step=STEP,
        generation=generation,
        ordinal=0,
        peer=Peer.JLIS,
        message=Message.IDENTITY_NOTICE,
        resident_id=place.resident_id,
        update_no=await lanes.next_number(tx, town.code, place.resident_id),
        body=b"{}",
    )
    await telegrams.write(tx, town.vault, ref, letter)
    return letter.telegram_id


def _found(verified: Verification) -> dict[str, set[Problem]]:
    return {
        check.name: {finding.problem for finding in check.findings}
        for check in verified.checks
        if check.findings
    }


async def _command(town: Town, urls: Mapping[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "verify", "--municipality", town.code),
        env={**os.environ, "JUKI_DATABASE_URL": urls["juki_app"]},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode().strip().splitlines()[-1]
