"""Somebody is told: a new kind of incident once, everything once a day, and nothing personal."""

from __future__ import annotations

import asyncio
import json
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import aiohttp
import pytest
import pytest_asyncio

from clients.inbox import is_genuine
from clients.mail import Mail, MailServer
from clients.webhook import Webhook
from domain.announcements import Channel
from domain.cases import Procedure, StepRef, Verb
from domain.errors import Unavailable
from domain.stuck import Stuck
from domain.telegrams import Peer
from local.scenario.canary import Canary
from register import announcements, cases, gates, incidents, watching
from register.cases import Acceptance
from register.incidents import Trouble
from register.watching import Finding
from relay.announcing import Announcer
from runtime import database
from tests.apart import a_place_apart
from tests.clock import Clock
from tests.eventually import eventually
from tests.people import a_family
from tests.relay.receivers import Hook, PostOffice, a_hook, a_post_office
from tests.towns import Town, a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from register.transactions import Pool
    from tests.server import Place

SECRET = "合言葉"
STEP = "本人確認情報を送信する"
NOBODY = "nobody@example.lg.jp"


class Office(NamedTuple):
    """A register of its own, its relay's connections, and who is told."""

    urls: dict[str, str]
    pool: Pool
    session: aiohttp.ClientSession
    hook: Hook
    post: PostOffice
    clock: Clock
    keyring: Path

    def announcer(self, *channels: Channel, digest_at: str = "23:59") -> Announcer:
        """One that tells these; it tries again at once."""
        server = MailServer("127.0.0.1", self.post.port, "none", "juki@example.lg.jp", (NOBODY,))
        receivers = {
            Channel.WEBHOOK: Webhook(self.session, self.hook.url, SECRET),
            Channel.MAIL: Mail(server),
        }
        told = {channel: receivers[channel] for channel in channels or (Channel.WEBHOOK,)}
        return Announcer(self.pool, told, digest_at=digest_at, first_pause=0)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def register(place: Place) -> AsyncGenerator[Place]:
    """A register in which nobody else is told anything."""
    async with a_place_apart(place, "announcing") as apart:
        yield apart


@pytest_asyncio.fixture(loop_scope="session")
async def office(register: Place) -> AsyncGenerator[Office]:
    """It is noon, and everything older has been told."""
    urls = register["database_urls"]
    clock = Clock(urls["juki_owner"])
    await clock.to(date(2026, 12, 1), time(12))
    async with (
        database.pool(urls["juki_relay"], application="test", largest=5) as pool,
        aiohttp.ClientSession() as session,
        a_hook() as hook,
        a_post_office() as post,
    ):
        await pool.execute("UPDATE incident_kind SET announced_at = clock_timestamp()")
        await pool.execute("UPDATE announcement SET sent_at = clock_timestamp()")
        yield Office(urls, pool, session, hook, post, clock, Path(register["keyring"]))
    await clock.right()


@pytest_asyncio.fixture(loop_scope="session")
async def town(office: Office) -> AsyncGenerator[Town]:
    """A town of this test's own, with a family in it."""
    async with a_town(office.urls, office.keyring) as town:
        await town.take_over(a_family())
        yield town


async def test_a_new_kind_of_incident_is_told_once_and_signed(office: Office, town: Town) -> None:
    """A hundred of one cause are one message; another code or step is another kind.

    Red: leave the step out of the kind.
    """
    for _ in range(3):
        await _parked(town, "ADDRESS_MISMATCH")
    await _parked(town, "ADDRESS_MISMATCH", step="送付先情報を送る")

    for _ in range(2):
        await office.announcer().look()
        await _parked(town, "ADDRESS_MISMATCH")

    told = [json.loads(one.push.body) for one in office.hook.posted]
    assert {one["step"] for one in told} == {STEP, "送付先情報を送る"}
    assert len(told) == 2
    assert all(is_genuine(one.push, one.signature, SECRET) for one in office.hook.posted)
    assert not is_genuine(office.hook.posted[0].push, office.hook.posted[1].signature, SECRET)


async def test_a_peer_that_keeps_silent_is_told_once_however_many_wait_for_it(
    office: Office, town: Town
) -> None:
    """Its gate is held by itself: that is one incident, of the peer and not of a step.

    Red: note only what parks a case.
    """
    ref = await _case(town)
    async with town.open() as tx:
        for _ in range(7):
            await gates.unanswered(tx, ref, Peer.JLIS, "HTTP_503")

    await office.announcer(digest_at="08:00").look()

    told = [json.loads(one.push.body) for one in office.hook.posted]
    [news] = [one for one in told if one["about"] == "incident_kind"]
    assert (news["peer"], news["code"], news["step"]) == ("jlis", "HTTP_503", "")
    assert _digests(office, town)[0]["silent_peers"] == ["jlis"]


async def test_a_kind_that_was_quiet_for_long_is_news_again(office: Office, town: Town) -> None:
    """After a fortnight without one; before that it is the same trouble going on."""
    announcer = office.announcer()
    await _parked(town, "DENIED")
    await announcer.look()
    for days, times in ((13, 1), (15, 2)):
        await _quiet(town, days)
        await _parked(town, "DENIED")
        await announcer.look()
        assert len(office.hook.posted) == times

    assert len({one.push.message_id for one in office.hook.posted}) == 2


async def test_nothing_is_lost_while_a_receiver_is_away(office: Office, town: Town) -> None:
    """It gets the same message under the same id once it is there; then no more."""
    announcer = office.announcer()
    office.hook.says = 503
    await _parked(town, "ADDRESS_MISMATCH")
    await announcer.look()
    await announcer.look()
    office.hook.says = 200
    await announcer.look()
    await announcer.look()

    assert len(office.hook.posted) == 3
    assert len({one.push for one in office.hook.posted}) == 1


async def test_a_relay_killed_between_sending_and_noting_repeats_the_id(
    office: Office, town: Town
) -> None:
    """What it leaves behind is a message that was sent and is not noted so."""
    await _parked(town, "ADDRESS_MISMATCH")
    announcer = office.announcer()
    await announcer.make()
    [claimed] = await announcements.claim(office.pool, [Channel.WEBHOOK], 0)
    await Webhook(office.session, office.hook.url, SECRET).send(claimed)

    await office.announcer().look()

    assert len(office.hook.posted) == 2
    assert len({one.push for one in office.hook.posted}) == 1


async def test_a_receiver_that_never_answers_holds_up_nobody(office: Office, town: Town) -> None:
    """Mail leaves while the webhook hangs, and so does whatever else the relay does."""
    office.hook.open.clear()
    await _parked(town, "ADDRESS_MISMATCH")
    round_ = asyncio.create_task(office.announcer(Channel.WEBHOOK, Channel.MAIL).look())

    await eventually(lambda: _arrived(office))

    assert len(office.post.mails) == 1
    assert not round_.done()
    office.hook.open.set()
    await round_


async def test_a_mail_says_it_in_the_offices_words(office: Office, town: Town) -> None:
    """Its Message-ID is the message's, so that a second copy is known as one."""
    await _parked(town, "ADDRESS_MISMATCH")
    office.post.says = "451 later"
    announcer = office.announcer(Channel.WEBHOOK, Channel.MAIL)
    await announcer.look()
    office.post.says = "250 OK"
    await announcer.look()

    [mail] = office.post.mails
    [posted] = office.hook.posted
    assert mail["Message-ID"] == f"<{posted.push.message_id}@example.lg.jp>"
    assert mail["Subject"] == f"[住基 {town.code}] 新しい種類の対応待ち: ADDRESS_MISMATCH"
    assert f"処理: {STEP}" in mail.get_content()


async def test_mail_that_must_be_encrypted_does_not_leave_in_the_clear(
    office: Office, town: Town
) -> None:
    """A server that knows no STARTTLS gets nothing, and is asked again later."""
    await _parked(town, "ADDRESS_MISMATCH")
    announcer = office.announcer(Channel.MAIL)
    await announcer.make()
    [claimed] = await announcements.claim(office.pool, [Channel.MAIL], 0)
    server = MailServer("127.0.0.1", office.post.port, "starttls", NOBODY, (NOBODY,))

    with pytest.raises(Unavailable, match="MAIL_REFUSED"):
        await Mail(server).send(claimed)

    assert office.post.mails == []


async def test_a_digest_leaves_once_a_day_however_many_relays(office: Office, town: Town) -> None:
    """Two at one instant, a new one, and the next day: one of each day.

    Red: let each relay make an id of its own.
    """
    relays = [office.announcer(digest_at="08:00") for _ in range(2)]
    await asyncio.gather(*(relay.make() for relay in relays))
    for relay in (*relays, office.announcer(digest_at="08:00")):
        await relay.look()
    assert len(_digests(office, town)) == 1

    await office.clock.to(date(2026, 12, 2), time(7, 59))
    await office.announcer(digest_at="08:00").look()
    assert len(_digests(office, town)) == 1

    await office.clock.to(date(2026, 12, 2), time(8))
    await office.announcer(digest_at="08:00").look()
    first, second = _digests(office, town)
    assert first["id"] != second["id"]
    assert first["until"] <= second["since"]


async def test_a_digest_counts_what_stands_and_what_is_stuck(office: Office, town: Town) -> None:
    """By kind: opened and closed since the last, open now; the nearest deadline; the watchdog."""
    await _parked(town, "ADDRESS_MISMATCH", due_on=date(2026, 12, 7))
    settled = await _parked(town, "ADDRESS_MISMATCH", due_on=date(2026, 12, 3))
    async with town.open() as tx:
        await tx.execute(
            "UPDATE incident SET state = 'closed', closed_at = clock_timestamp()"
            " WHERE case_id = $1",
            settled.case_id,
        )
    await _stuck(office, town, await _parked(town, "DENIED", due_on=date(2026, 12, 5)))

    await office.announcer(digest_at="08:00").look()

    [told] = _digests(office, town)
    counted = {
        kind["code"]: [kind[n] for n in ("opened", "closed", "open")] for kind in told["kinds"]
    }
    assert counted == {"ADDRESS_MISMATCH": [2, 1, 1], "DENIED": [1, 0, 1]}
    assert told["stuck"] == {"NO_RUN": 1}
    assert (told["open_cases"], told["oldest_due_on"]) == (3, "2026-12-05")
    assert told["looked_at"] is not None


async def test_without_receivers_nothing_is_made(office: Office, town: Town) -> None:
    """It is off until somebody is named; who is named later is told of what nobody was told of."""
    await _parked(town, "ADDRESS_MISMATCH")
    await Announcer(office.pool, {}, digest_at="08:00").look()
    async with town.open() as tx:
        assert await tx.fetchval("SELECT count(*) FROM announcement") == 0

    await office.announcer().look()
    assert len(office.hook.posted) == 1


async def test_no_message_names_anybody(office: Office, town: Town) -> None:
    """The canary reads what reached the receivers: no name, address, number, and no case.

    Red: put the case number into a message.
    """
    await _parked(town, "ADDRESS_MISMATCH")
    await office.announcer(Channel.WEBHOOK, Channel.MAIL, digest_at="08:00").look()

    async with town.open() as tx:
        numbers = [row[0] for row in await tx.fetch("SELECT case_number FROM case_file")]
    known = {cell: key for person in a_family() for key, cell in person.items() if cell}
    secrets = {text: key for text, key in known.items() if len(text) >= 4 and key != "届出日"}
    bodies = [("webhook", one.push.body) for one in office.hook.posted]
    mails = [("mail", mail.get_content().encode()) for mail in office.post.mails]
    headers = [("headers", str(mail).encode()) for mail in office.post.mails]

    searched = Canary(secrets | dict.fromkeys(numbers, "案件番号")).search(bodies + mails + headers)

    assert searched.sightings == []
    assert len(bodies) >= 2
    assert len(mails) >= 2


async def _parked(
    town: Town, code: str, *, step: str = STEP, due_on: date | None = None
) -> StepRef:
    """A case of which a step is refused."""
    ref = await _case(town, due_on)
    async with town.open() as tx:
        trouble = Trouble("refused", code, Peer.JLIS)
        await incidents.park(tx, ref, step, trouble, [Verb.RETRY])
    return ref


async def _case(town: Town, due_on: date | None = None) -> StepRef:
    async with town.open() as tx:
        acceptance = Acceptance(Procedure.BIRTH, {}, "test", persons=1, due_on=due_on)
        case = await cases.accept(tx, town.code, acceptance)
    return StepRef(municipality=town.code, case_id=case.case_id, subject=1)


async def _quiet(town: Town, days: int) -> None:
    """Have this town's kinds been seen last so many days ago."""
    async with town.open() as tx:
        await tx.execute(
            "UPDATE incident_kind SET last_seen = clock_timestamp() - make_interval(days => $1)",
            days,
        )


async def _stuck(office: Office, town: Town, ref: StepRef) -> None:
    now = await watching.now(office.pool)
    finding = Finding(town.code, ref.case_id, Stuck.NO_RUN, now - timedelta(hours=1))
    await watching.note(office.pool, {ref.case_id}, [finding])


async def _arrived(office: Office) -> bool:
    return bool(office.post.mails) and bool(office.hook.posted)


def _digests(office: Office, town: Town) -> list[dict[str, Any]]:
    told = [json.loads(one.push.body) for one in office.hook.posted]
    mine = [one for one in told if one["municipality"] == town.code and one["about"] == "digest"]
    assert all(UUID(one["id"]) for one in mine)
    return mine
