from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from clients import jlis_moves
from domain.errors import Refused
from domain.moves import Certificate, CertificateVoid, MoveInNotice
from domain.numbers import MunicipalityCode
from tests.numbers import resident_code
from tests.simulators.moving import (
    a_certificate,
    a_notice_of_arrival,
    certify,
    confirm_departure,
    fetch,
    moved_in,
    tell_arrival,
    void,
)

if TYPE_CHECKING:
    from tests.simulators.inbox import Inbox
    from tests.simulators.office import Office
    from tests.simulators.world import World


async def test_a_certificate_goes_ahead_to_the_planned_destination(
    office: Office, new_home: Office, inbox: Inbox
) -> None:
    """転出証明書情報の事前通知: one message with everybody of the 転出届, under the sender's id."""
    head, child = await office.newborn(name="山田　太郎"), await office.newborn()
    said = a_certificate(new_home.municipality, head, child)

    certificate_id = await certify(office, said)

    [delivered] = await inbox.of(new_home.municipality, 1)
    arrival = delivered.read()
    assert (arrival.message_id, arrival.sender) == (certificate_id, office.municipality)
    assert arrival.contents == said
    assert str(certificate_id) == delivered.push.message_id


async def test_a_certificate_sent_twice_goes_ahead_once(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """One effect per message id."""
    said = a_certificate(new_home.municipality, await office.newborn())
    certificate_id = uuid4()
    for _ in range(3):
        await certify(office, said, certificate_id)

    await inbox.of(new_home.municipality, 1)
    ledger = await world.ledger("jlis", new_home.municipality)
    assert (ledger["counts"]["notices"], ledger["counts"]["certificates"]) == (1, 1)


async def test_what_is_not_taken_is_sent_again_with_the_same_bytes(
    office: Office, new_home: Office, inbox: Inbox
) -> None:
    """Any answer but 2xx means: again later, under the same id and signature."""
    inbox.answers[new_home.municipality] = [500, 401, 404, 422, 503]

    await certify(office, a_certificate(new_home.municipality, await office.newborn()))

    delivered = await inbox.of(new_home.municipality, 6)
    assert len(delivered) == 6
    assert len(set(delivered)) == 1


@pytest.mark.parametrize("fault", [{"kind": "DUPLICATE"}, {"kind": "LOSE_REPLY", "on": "notice"}])
async def test_a_push_may_arrive_twice(
    world: World, office: Office, new_home: Office, inbox: Inbox, fault: dict[str, Any]
) -> None:
    """Doubled by the network, or because our own answer was lost."""
    await world.arm(new_home.municipality, system="jlis", message="CS-05", **fault)

    await certify(office, a_certificate(new_home.municipality, await office.newborn()))

    first, second = await inbox.of(new_home.municipality, 2)
    assert first == second


async def test_letters_overtake_each_other(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """The 取消 may arrive before what it takes back."""
    fault = {"system": "jlis", "kind": "SLOW", "on": "notice", "seconds": 0.3}
    await world.arm(new_home.municipality, **fault)

    certificate_id = await certify(
        office, a_certificate(new_home.municipality, await office.newborn())
    )
    await void(office, certificate_id)

    first, second = await inbox.of(new_home.municipality, 2)
    assert first.read().contents == CertificateVoid(voids=certificate_id)
    assert isinstance(second.read().contents, Certificate)


async def test_letters_wait_for_the_opening_of_j_lis(
    world: World, office: Office, new_home: Office, third: Office, inbox: Inbox
) -> None:
    """Nothing is pushed outside the hours of 住基ネット."""
    hours = {"system": "jlis", "municipality": new_home.municipality}
    shut = {"opens": "00:00", "closes": "00:00"}
    await world.control("PUT", "hours", {**hours, "hours": shut})
    person = await office.newborn()
    for destination in (new_home, third):
        await certify(office, a_certificate(destination.municipality, person))
    await inbox.of(third.municipality, 1)

    assert inbox.so_far(new_home.municipality) == 0
    await world.control("PUT", "hours", hours)

    assert len(await inbox.of(new_home.municipality, 1)) == 1


async def test_a_destination_that_was_not_told_can_ask(
    office: Office, third: Office, new_home: Office
) -> None:
    """CS-06: also a third municipality gets the certificate, the same as was pushed."""
    person = await office.newborn()
    said = a_certificate(new_home.municipality, person)
    certificate_id = await certify(office, said)

    arrival = await fetch(third, person.code, office)

    assert (arrival.message_id, arrival.sender) == (certificate_id, office.municipality)
    assert (arrival.municipality, arrival.contents) == (third.municipality, said)


async def test_everybody_of_a_certificate_can_be_asked_for(
    office: Office, new_home: Office
) -> None:
    head, child = await office.newborn(), await office.newborn()
    certificate_id = await certify(office, a_certificate(new_home.municipality, head, child))

    assert (await fetch(new_home, child.code)).message_id == certificate_id


async def test_the_newest_valid_certificate_is_given(
    office: Office, new_home: Office, third: Office
) -> None:
    """A changed 転出予定 is a new certificate; when it is voided the former holds again."""
    person = await office.newborn()
    first = await certify(office, a_certificate(new_home.municipality, person))
    second = await certify(office, a_certificate(third.municipality, person))

    assert (await fetch(third, person.code)).message_id == second
    await void(office, second)
    assert (await fetch(third, person.code)).message_id == first


async def test_there_is_no_certificate_of_somebody_who_does_not_leave(
    office: Office, new_home: Office, third: Office
) -> None:
    """Neither without a 転出届, nor after its 取消, nor from another origin."""
    person, other = await office.newborn(), await office.newborn()
    certificate_id = await certify(office, a_certificate(new_home.municipality, person))

    with pytest.raises(Refused, match="NO_CERTIFICATE"):
        await fetch(new_home, other.code)
    with pytest.raises(Refused, match="NO_CERTIFICATE"):
        await fetch(new_home, person.code, third)
    await void(office, certificate_id)
    with pytest.raises(Refused, match="NO_CERTIFICATE"):
        await fetch(new_home, person.code)


async def test_a_certificate_is_used_up_when_the_person_is_registered_elsewhere(
    office: Office, new_home: Office, third: Office
) -> None:
    """令24条の2: not after the person was recorded in another municipality in between."""
    person = await office.newborn()
    await certify(office, a_certificate(new_home.municipality, person))
    await third.tell(moved_in(person))

    with pytest.raises(Refused, match="NO_CERTIFICATE"):
        await fetch(new_home, person.code)
    await fetch(third, person.code)


async def test_everybody_who_has_a_certificate_hears_that_it_is_void(
    office: Office, new_home: Office, third: Office, inbox: Inbox
) -> None:
    """The planned destination, and whoever fetched it."""
    person = await office.newborn()
    certificate_id = await certify(office, a_certificate(new_home.municipality, person))
    await inbox.of(new_home.municipality, 1)
    await fetch(third, person.code)

    void_id = await void(office, certificate_id)

    for office_told, count in ((new_home, 2), (third, 1)):
        arrival = (await inbox.of(office_told.municipality, count))[-1].read()
        assert arrival.message_id == void_id
        assert arrival.contents == CertificateVoid(voids=certificate_id)


async def test_a_certificate_is_voided_once_and_by_its_sender(
    office: Office, new_home: Office
) -> None:
    certificate_id = await certify(
        office, a_certificate(new_home.municipality, await office.newborn())
    )

    with pytest.raises(Refused, match="NOTHING_TO_CANCEL"):
        await void(new_home, certificate_id)
    await void(office, certificate_id)
    with pytest.raises(Refused, match="NOTHING_TO_CANCEL"):
        await void(office, certificate_id)


async def test_a_certificate_that_cannot_be_right_is_refused(
    office: Office, new_home: Office
) -> None:
    """About people of the sender, with their numbers, for another municipality."""
    here, there = await office.newborn(), await new_home.newborn()
    good = a_certificate(new_home.municipality, here)
    stranger = good.persons[0].model_copy(update={"code": resident_code(99_999_999)})
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("SAME_MUNICIPALITY", {"destination": office.municipality}),
        ("APPLICANT_MISSING", {"applicant": there.code}),
        ("APPLICANT_MISSING", {"persons": good.persons * 2}),
        ("NUMBER_MISMATCH", {"persons": (good.persons[0].model_copy(update={"number": None}),)}),
        ("UNKNOWN_CODE", {"persons": (stranger,), "applicant": stranger.code}),
    ]

    for code, changes in wrong:
        with pytest.raises(Refused, match=f"^{code}$"):
            await certify(office, good.model_copy(update=changes))
    with pytest.raises(Refused, match="NOT_HOLDER"):
        await certify(office, a_certificate(MunicipalityCode("131016"), there))


async def test_a_move_in_notice_goes_to_the_origin_and_to_where_nothing_was_reported(
    office: Office, new_home: Office, third: Office, inbox: Inbox
) -> None:
    """転入通知 (法9条1項), also to the 未届地."""
    person = await office.newborn()
    await new_home.tell(moved_in(person))
    notice = a_notice_of_arrival(office, person.code, unreported_in=third.municipality)

    notice_id = await tell_arrival(new_home, notice)

    for told in (office, third):
        [delivered] = await inbox.of(told.municipality, 1)
        arrival = delivered.read()
        assert (arrival.message_id, arrival.sender) == (notice_id, new_home.municipality)
        assert arrival.contents == notice


async def test_of_two_move_in_notices_the_receiver_can_tell_the_newer(
    world: World, office: Office, new_home: Office, inbox: Inbox
) -> None:
    """The first may arrive last: day and version decide, not the order of arrival."""
    person = await office.newborn()
    await world.arm(office.municipality, system="jlis", kind="SLOW", on="notice", seconds=0.3)
    await tell_arrival(new_home, a_notice_of_arrival(office, person.code))
    await tell_arrival(new_home, a_notice_of_arrival(office, person.code, version=2))

    newer, older = (each.read().contents for each in await inbox.of(office.municipality, 2))
    assert isinstance(newer, MoveInNotice)
    assert isinstance(older, MoveInNotice)
    assert (newer.version, older.version) == (2, 1)
    assert newer.age > older.age


async def test_a_departure_that_is_confirmed_is_noted(
    world: World, office: Office, new_home: Office
) -> None:
    """転出確定 (令13条3項)."""
    person = await office.newborn()

    await confirm_departure(office, person.code, new_home)

    [departure] = (await world.ledger("jlis", office.municipality))["departures"]
    assert departure["code"] == person.code
    with pytest.raises(Refused, match="UNKNOWN_CODE"):
        await confirm_departure(office, resident_code(99_999_998), new_home)


async def test_a_forgotten_municipality_takes_its_letters_with_it(
    world: World, office: Office, new_home: Office
) -> None:
    person = await office.newborn()
    await certify(office, a_certificate(new_home.municipality, person))
    await new_home.tell(moved_in(person))
    await tell_arrival(new_home, a_notice_of_arrival(office, person.code))

    await world.control("POST", f"reset?municipality={office.municipality}")

    counts = (await world.ledger("jlis", office.municipality))["counts"]
    assert not any(counts.values())


async def test_a_letter_in_another_form_leaves_no_trace(
    world: World, office: Office, new_home: Office
) -> None:
    telegram_id = uuid4()
    body = jlis_moves.certificate(
        office.municipality,
        telegram_id,
        a_certificate(new_home.municipality, await office.newborn()),
    )
    status, _ = await world.put(
        "jlis", office.municipality, telegram_id, body.replace("転出予定年月日".encode(), b"x")
    )

    assert status == 400
    assert await office.jlis.look_up(office.municipality, telegram_id) is None
