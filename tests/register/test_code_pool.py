"""The stock of 住民票コード: drawn at random, used once, never lent again once it may have left."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import asyncpg
import pytest

from domain.cases import StepRef
from domain.identifiers import new_id
from domain.telegrams import Message, Peer, telegram_id
from register import code_pool, telegrams
from register.telegrams import Writing
from register.transactions import Transactions
from runtime.database import pool
from tests.apart import a_place_apart
from tests.eventually import eventually
from tests.numbers import resident_code
from tests.towns import a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from domain.numbers import ResidentCode
    from register.transactions import Tx
    from tests.server import Place
    from tests.towns import Town

_ordinals = iter(range(10_000_000, 90_000_000))


@pytest.fixture
async def crowd(place: Place) -> AsyncGenerator[Transactions]:
    """Room for many callers at once."""
    url = place["database_urls"]["juki_app"]
    async with pool(url, application="crowd", smallest=0, largest=40) as connections:
        yield Transactions(connections)


async def test_two_hundred_callers_never_share_a_code(town: Town, crowd: Transactions) -> None:
    """2,000 reservations, many asked for several times at once: 2,000 codes, each reserved once.

    Red: draw without locking the row drawn.
    """
    await _allot(town, 2_100)
    refs = [_ref(town) for _ in range(2_000)]

    answers = await _reserve(town, crowd, [*refs, *random.choices(refs, k=1_000)])

    assert all(len(codes) == 1 for codes in answers.values())
    assert len({code for codes in answers.values() for code in codes}) == 2_000
    async with town.open() as tx:
        assert await code_pool.stock(tx, town.code) == 100
        events = await tx.fetch("SELECT code FROM pool_event WHERE event = 'reserved'")
    assert len(events) == len({row["code"] for row in events}) == 2_000


async def test_without_its_unique_key_nothing_is_reserved(place: Place, keyring_path: Path) -> None:
    """One reservation per person is the database's word, not the program's."""
    async with a_place_apart(place, "keyless") as apart:
        urls = apart["database_urls"]
        owner = await asyncpg.connect(urls["juki_owner"])
        await owner.execute("ALTER TABLE code_reservation DROP CONSTRAINT code_reservation_pkey")
        await owner.close()
        async with a_town(urls, keyring_path) as town:
            await _allot(town, 1)
            with pytest.raises(asyncpg.InvalidColumnReferenceError):
                await _reserve(town, town.transactions, [_ref(town)])


async def test_an_empty_stock_gives_nothing(town: Town) -> None:
    async with town.open() as tx:
        assert await code_pool.reserve(tx, _ref(town)) is None


async def test_a_code_that_never_left_is_free_again(town: Town) -> None:
    """The withdrawn person's code may serve another."""
    await _allot(town, 1)
    first, second = _ref(town), _ref(town)
    async with town.open() as tx:
        code = await code_pool.reserve(tx, first)
        await code_pool.give_back(tx, first)
    async with town.open() as tx:
        assert await code_pool.reserve(tx, second) == code


async def test_a_code_whose_telegram_may_have_left_is_never_lent_again(town: Town) -> None:
    """A telegram row is enough: whether it arrived, nobody can know for certain."""
    await _allot(town, 1)
    ref = _ref(town)
    async with town.open() as tx:
        await code_pool.reserve(tx, ref)
        await _write(town, tx, ref)
    async with town.open() as tx:
        await code_pool.give_back(tx, ref)
    async with town.open() as tx:
        assert await code_pool.reserve(tx, _ref(town)) is None
        assert await tx.fetchval("SELECT state FROM pool_code") == "retired"


async def test_a_telegram_being_written_holds_up_the_release(town: Town) -> None:
    """Writing and giving back lock the same reservation: whoever comes second sees the first.

    Red: let `telegrams.write` not lock the reservation.
    """
    await _allot(town, 1)
    ref = _ref(town)
    async with town.open() as tx:
        await code_pool.reserve(tx, ref)
    async with town.open() as tx:
        await _write(town, tx, ref)
        release = asyncio.create_task(_give_back(town, ref))
        await _until_somebody_waits(town)
    await release
    async with town.open() as tx:
        assert await tx.fetchval("SELECT state FROM pool_code") == "retired"


async def test_a_batch_with_a_code_somebody_has_inserts_none(town: Town, other_town: Town) -> None:
    """Codes are unique across the whole installation, and a batch comes whole or not at all."""
    shared, own = _codes(1), _codes(3)
    async with other_town.open() as tx:
        await code_pool.allot(tx, other_town.code, new_id(), shared)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with town.open() as tx:
            await code_pool.allot(tx, town.code, new_id(), [*own, *shared])
    async with town.open() as tx:
        assert await code_pool.stock(tx, town.code) == 0


async def test_a_batch_is_stored_once(town: Town) -> None:
    """The same answer may come twice."""
    batch, codes = new_id(), _codes(3)
    async with town.open() as tx:
        assert await code_pool.allot(tx, town.code, batch, codes)
        assert not await code_pool.allot(tx, town.code, batch, codes)
        assert await code_pool.stock(tx, town.code) == 3


def _ref(town: Town) -> StepRef:
    return StepRef(municipality=town.code, case_id=new_id(), subject=1)


def _codes(count: int) -> list[ResidentCode]:
    # Across test workers and runs nothing is shared but the prefix; the ordinals are ours.
    return [resident_code(next(_ordinals)) for _ in range(count)]


async def _allot(town: Town, count: int) -> None:
    async with town.open() as tx:
        await code_pool.allot(tx, town.code, new_id(), _codes(count))


async def _reserve(
    town: Town, crowd: Transactions, refs: Sequence[StepRef]
) -> dict[StepRef, set[str]]:
    """200 callers working off these refs in random order; what each ref was ever answered."""
    left = random.sample(refs, len(refs))
    answers: dict[StepRef, set[str]] = {ref: set() for ref in refs}

    async def caller() -> None:
        while left:
            ref = left.pop()
            async with crowd.open(town.acting) as tx:
                answers[ref].add(str(await code_pool.reserve(tx, ref)))

    await asyncio.gather(*(caller() for _ in range(200)))
    return answers


async def _write(town: Town, tx: Tx, ref: StepRef) -> None:
    name = telegram_id(ref, "個人番号を要求して登録する", 0, 0)
    letter = Writing(
        telegram_id=name,
        step="個人番号を要求して登録する",
        generation=0,
        ordinal=0,
        peer=Peer.JLIS,
        message=Message.NUMBER_REQUEST,
        resident_id=None,
        update_no=None,
        body=b"{}",
    )
    await telegrams.write(tx, town.vault, ref, letter)


async def _give_back(town: Town, ref: StepRef) -> None:
    async with town.open() as tx:
        await code_pool.give_back(tx, ref)


async def _until_somebody_waits(town: Town) -> None:
    async def somebody_waits() -> bool:
        async with town.open() as tx:
            return await tx.fetchval(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database() AND query LIKE '%code_reservation%')"
            )

    await eventually(somebody_waits)
