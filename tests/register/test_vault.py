"""The vault: a 個人番号 is told only in its place, only in exchange for a line in the audit log."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from domain.errors import ContractBroken, Refused
from register import current_values, inbox, verification
from register.inbox import Received
from register.sealed_bodies import SealedBody
from register.vault import Vault, Whose, erase_body
from runtime.keyring import KeyUse, load, rotate
from tests.numbers import my_number
from tests.towns import Town, a_town

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from register.transactions import Tx

FIELD = "個人番号"
NUMBER, OTHER = my_number(1), my_number(2)
BODY = "氏名：髙橋　太郎".encode()


@pytest.fixture
def keyring(keyring_path: Path, tmp_path: Path) -> Path:
    """A copy of the run's keyring, to be rotated."""
    copy = tmp_path / "keyring.json"
    shutil.copy(keyring_path, copy)
    return copy


async def test_a_number_is_told_to_who_says_why(town: Town) -> None:
    """Who, purpose and why stand in the same transaction; the number does not."""
    person, case = await _with_number(town), uuid4()

    async with town.open() as tx:
        told = await town.vault.reveal(tx, town.acting, person, FIELD, case, "CS-04")

    assert told == NUMBER
    async with town.open() as tx:
        (row,) = await tx.fetch("SELECT * FROM audit WHERE subject_id = $1", person)
    assert (row["actor"], row["purpose"], row["case_id"]) == ("test", "試験", case)
    assert row["detail"] == {"field": FIELD, "ordinal": 1, "why": "CS-04"}
    assert NUMBER not in str(dict(row))


async def test_a_look_whose_transaction_fails_was_never_taken(town: Town) -> None:
    person = await _with_number(town)

    with suppress(Refused):
        async with town.open() as tx:
            await town.vault.reveal(tx, town.acting, person, FIELD, None, "CS-04")
            raise Refused("SOMETHING_ELSE")

    async with town.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM audit") == 0


async def test_nobody_has_a_number_that_was_never_stored(town: Town) -> None:
    async with town.open() as tx:
        assert await town.vault.reveal(tx, town.acting, uuid4(), FIELD, None, "CS-04") is None
        assert await town.vault.find(tx, town.code, FIELD, NUMBER) is None


async def test_the_same_number_again_is_the_same_entry_and_another_the_next(town: Town) -> None:
    person = uuid4()
    async with town.open() as tx:
        ordinals = [
            await town.vault.store(tx, Whose(town.code, person, FIELD), value)
            for value in (NUMBER, NUMBER, OTHER, OTHER)
        ]
        current = await town.vault.reveal(tx, town.acting, person, FIELD, None, "test")

    assert (ordinals, current) == ([1, 1, 2, 2], OTHER)


async def test_a_former_number_may_be_the_right_one_after_all(town: Town) -> None:
    """It is current again under its old ordinal.  Red: tell whatever has the highest ordinal."""
    person = await _with_number(town)
    async with town.open() as tx:
        for value in (OTHER, NUMBER):
            await town.vault.store(tx, Whose(town.code, person, FIELD), value)
        assert await town.vault.reveal(tx, town.acting, person, FIELD, None, "test") == NUMBER
    await _is_as_logged(town)


async def test_a_number_entered_by_mistake_binds_nobody(town: Town) -> None:
    """Taken back, it was never theirs: whose it is can have it.  Twice is once."""
    person, whose_it_is, case = await _with_number(town), uuid4(), uuid4()
    whose = Whose(town.code, person, FIELD)
    async with town.open() as tx:
        await town.vault.store(tx, whose, OTHER, case)
        for _ in range(2):
            await current_values.take_back(tx, whose, case)
        assert await town.vault.reveal(tx, town.acting, person, FIELD, None, "test") == NUMBER
        assert await town.vault.find(tx, town.code, FIELD, OTHER) is None
        await town.vault.store(tx, Whose(town.code, whose_it_is, FIELD), OTHER)
    await _is_as_logged(town)


async def test_a_former_number_that_is_taken_back_stays_a_former_one(town: Town) -> None:
    """It was theirs once, so it stays bound to them."""
    person, case = await _with_number(town), uuid4()
    whose = Whose(town.code, person, FIELD)
    async with town.open() as tx:
        await town.vault.store(tx, whose, OTHER, uuid4())
        await town.vault.store(tx, whose, NUMBER, case)
        await current_values.take_back(tx, whose, case)
        assert await town.vault.reveal(tx, town.acting, person, FIELD, None, "test") == OTHER
        assert await town.vault.find(tx, town.code, FIELD, NUMBER) == person
    await _is_as_logged(town)


async def test_a_number_is_not_taken_back_under_a_later_one(town: Town) -> None:
    """The later case stands on it."""
    person, case = await _with_number(town), uuid4()
    whose = Whose(town.code, person, FIELD)
    async with town.open() as tx:
        await town.vault.store(tx, whose, OTHER, case)
        await town.vault.store(tx, whose, my_number(3), uuid4())
        with pytest.raises(Refused, match="LATER_CASE_STANDS"):
            await current_values.take_back(tx, whose, case)


async def test_a_number_is_bound_to_one_person_of_a_town(town: Town) -> None:
    await _with_number(town)

    with pytest.raises(Refused, match="NUMBER_ALREADY_BOUND"):
        await _with_number(town)


async def test_two_people_given_one_number_at_once_do_not_both_get_it(town: Town) -> None:
    """The unique hash decides, not the look before it."""
    outcomes = await asyncio.gather(*(_with_number(town) for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(outcome, UUID) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 3


async def test_a_person_is_found_by_number_in_their_own_town_only(
    town: Town, database_urls: Mapping[str, str], keyring_path: Path
) -> None:
    """Both towns may know the number (転入), and their hashes of it have nothing in common."""
    person = await _with_number(town)
    async with a_town(database_urls, keyring_path) as elsewhere:
        former = await _with_number(elsewhere)
        async with town.open() as here, elsewhere.open() as there:
            assert await town.vault.find(here, town.code, FIELD, NUMBER) == person
            assert await town.vault.find(there, elsewhere.code, FIELD, NUMBER) == former
            assert await _value(here, "lookup") != await _value(there, "lookup")


async def test_two_ciphertexts_exchanged_do_not_open(town: Town) -> None:
    """Each is bound to its person: whoever can write to the table still cannot swap numbers."""
    first, second = await _with_number(town), await _with_number(town, OTHER)
    async with town.open() as tx:
        await tx.execute(
            "UPDATE vault v SET ciphertext = w.ciphertext FROM vault w"
            " WHERE v.resident_id <> w.resident_id"
        )
        for person in (first, second):
            with pytest.raises(ContractBroken, match="CIPHERTEXT_DOES_NOT_OPEN"):
                await town.vault.reveal(tx, town.acting, person, FIELD, None, "test")


@pytest.mark.parametrize("change", ["field = '生年月日'", "ordinal = 2"])
async def test_a_ciphertext_opens_in_its_own_place_only(town: Town, change: str) -> None:
    person = await _with_number(town)
    async with town.open() as tx:
        await tx.execute(f"UPDATE vault SET {change}")  # noqa: S608
        field = await _value(tx, "field")
        with pytest.raises(ContractBroken, match="CIPHERTEXT_DOES_NOT_OPEN"):
            await town.vault.reveal(tx, town.acting, person, field, None, "test")


async def test_no_number_stands_in_the_table(town: Town) -> None:
    await _with_number(town)
    async with town.open() as tx:
        (row,) = await tx.fetch("SELECT * FROM vault")

    stored = b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert NUMBER.encode() not in stored


async def test_after_rotation_everything_is_under_the_new_keys(town: Town, keyring: Path) -> None:
    """Values, and the keys of bodies; hashes stay, so that numbers are found as before."""
    person = await _with_number(town)
    telegram = await _with_body(town)
    fresh = Vault(rotate(keyring, (KeyUse.ENCRYPT, KeyUse.TELEGRAM)))

    assert await _renew(town, fresh) == 2

    newest = {use: load(keyring).writing(use).id for use in KeyUse}
    async with town.open() as tx:
        assert await _value(tx, "key_id") == newest[KeyUse.ENCRYPT]
        assert await _value(tx, "key_id", "telegram_body") == newest[KeyUse.TELEGRAM]
        assert await fresh.reveal(tx, town.acting, person, FIELD, None, "test") == NUMBER
        assert await fresh.find(tx, town.code, FIELD, NUMBER) == person
        assert await _open(tx, fresh, town, telegram) == BODY


async def test_an_interrupted_rotation_goes_on_where_it_stood(town: Town, keyring: Path) -> None:
    async with town.open() as tx:
        for ordinal in range(201):
            await town.vault.store(tx, Whose(town.code, uuid4(), FIELD), my_number(ordinal))
    fresh = Vault(rotate(keyring, (KeyUse.ENCRYPT,)))

    async with town.open() as tx:
        assert await fresh.rotate(tx, town.code) == 200

    again = Vault(load(keyring))
    assert await _renew(town, again) == 1
    assert await _renew(town, again) == 0


async def test_received_messages_are_brought_under_the_new_key_too(
    town: Town, keyring: Path
) -> None:
    """Otherwise an old key could never be put away."""
    received = Received("jlis", uuid4(), "CS-05", BODY)
    async with town.open() as tx:
        await inbox.receive(tx, Vault(load(keyring)), town.code, received)
    fresh = Vault(rotate(keyring, (KeyUse.TELEGRAM,)))

    assert await _renew(town, fresh) == 1

    async with town.open() as tx:
        kept = await inbox.one(tx, fresh, town.code, received.message_id)
    assert kept is not None
    assert kept.body == BODY


async def test_a_process_that_runs_meanwhile_reads_what_the_new_key_wrote(
    town: Town, keyring: Path
) -> None:
    """It fetches the keyring anew; without that it would park every case until restarted."""
    running = Vault(load(keyring), lambda: load(keyring))
    person = await _with_number(town)
    await _renew(town, Vault(rotate(keyring)))

    async with town.open() as tx:
        assert await running.reveal(tx, town.acting, person, FIELD, None, "test") == NUMBER
        with pytest.raises(ContractBroken, match="KEY_UNKNOWN"):
            await town.vault.reveal(tx, town.acting, person, FIELD, None, "test")


async def test_a_body_opens_for_its_own_telegram_and_direction(town: Town) -> None:
    telegram = uuid4()
    sealed = town.vault.seal_body(town.code, telegram, "out", BODY)

    assert town.vault.open_body(town.code, telegram, "out", sealed) == BODY
    for place in ((town.code, telegram, "in"), (town.code, uuid4(), "out")):
        with pytest.raises(ContractBroken, match="CIPHERTEXT_DOES_NOT_OPEN"):
            town.vault.open_body(*place, sealed)


async def test_equal_bodies_share_a_hash_within_a_town_and_no_key(town: Town) -> None:
    first, second = (town.vault.seal_body(town.code, uuid4(), "out", BODY) for _ in range(2))

    assert first.ciphertext != second.ciphertext
    assert town.vault.content_hash(town.code, BODY) == town.vault.content_hash(town.code, BODY)
    assert town.vault.content_hash(town.code, BODY) != town.vault.content_hash("011002", BODY)


async def test_an_erased_body_is_gone_and_its_log_tells(town: Town) -> None:
    """Its key is destroyed; erasing it again adds nothing."""
    telegram = await _with_body(town)
    async with town.open() as tx:
        erased = [await erase_body(tx, telegram, "RETENTION") for _ in range(2)]
        events = await tx.fetch("SELECT event, code FROM telegram_event")
        with pytest.raises(ContractBroken, match="BODY_ERASED"):
            await _open(tx, town.vault, town, telegram)

    assert erased == [True, False]
    assert [tuple(event) for event in events] == [("body_erased", "RETENTION")]


async def _with_number(town: Town, number: str = NUMBER) -> UUID:
    person = uuid4()
    async with town.open() as tx:
        await town.vault.store(tx, Whose(town.code, person, FIELD), number)
    return person


async def _is_as_logged(town: Town) -> None:
    verified = await verification.verify(town.transactions, town.acting)
    assert [check.findings for check in verified.checks if check.name == "vault"] == [()]


async def _with_body(town: Town) -> UUID:
    telegram = uuid4()
    sealed = town.vault.seal_body(town.code, telegram, "out", BODY)
    async with town.open() as tx:
        await tx.execute(
            "INSERT INTO telegram_body"
            " (municipality, telegram_id, direction, key_id, wrapped_key, ciphertext)"
            " VALUES ($1, $2, 'out', $3, $4, $5)",
            town.code,
            telegram,
            *sealed,
        )
    return telegram


async def _open(tx: Tx, vault: Vault, town: Town, telegram: UUID) -> bytes:
    (row,) = await tx.fetch(
        "SELECT key_id, wrapped_key, ciphertext FROM telegram_body WHERE telegram_id = $1", telegram
    )
    return vault.open_body(town.code, telegram, "out", SealedBody(*row))


async def _renew(town: Town, vault: Vault) -> int:
    total = 0
    while True:
        async with town.open() as tx:
            renewed = await vault.rotate(tx, town.code)
        if not renewed:
            return total
        total += renewed


async def _value(tx: Tx, column: str, table: str = "vault") -> str:
    return await tx.fetchval(f"SELECT {column} FROM {table}")  # noqa: S608
