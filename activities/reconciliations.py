"""Steps of a 突合: page after page through everybody, against every system that holds them (CS-17).

What other systems hold is read, compared and erased in one transaction; only differences are kept.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from activities import comparing as side_by_side
from activities.attention import BETWEEN_PAGES
from activities.comparing import Hashes
from activities.explaining import explains
from activities.letters import Draft
from activities.step import step
from clients import addressee_comparison, jlis_comparison
from domain.cases import Progress, StepRef, WaitKind
from domain.errors import ContractBroken
from domain.pages import Span
from domain.telegrams import Message, Peer
from register import comparing, differences, municipalities, reconciliations, telegrams, under_way
from register.differences import Found
from register.reconciliations import Outcome
from register.serials import SERIAL
from register.vault import MY_NUMBER, erase_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.dispatch import Dispatch
    from activities.explaining import Lines
    from domain.differences import DifferenceKind
    from register.comparing import Ours
    from register.telegrams import Sent
    from register.vault import Vault


class Reconciliations:
    """Register, 住基ネット with its 電子証明書, 統合宛名 and 中間サーバー, held side by side.

    ``lines`` tells the steps of any procedure, so that open cases explain what they still owe.
    """

    def __init__(self, desk: Desk, dispatch: Dispatch, vault: Vault, lines: Lines) -> None:
        self._desk = desk
        self._dispatch = dispatch
        self._vault = vault
        self._lines = lines

    @step("統合宛名・中間サーバーと照合する", peer=Peer.UNIFIED_ADDRESSEE, amendable=False)
    async def compare_addressees(self, ref: StepRef) -> Progress:
        """AT-17, one page: 宛名, and what 中間サーバー holds of their 団番."""
        return await self._dispatch.deliver(ref, _AddresseePage(self._vault, self._lines))

    @step("住基ネットと照合する", peer=Peer.JLIS, amendable=False)
    async def compare_juki_net(self, ref: StepRef) -> Progress:
        """CS-17, one page: 本人確認情報, 個人番号, 更新順番号 and valid 電子証明書."""
        return await self._dispatch.deliver(ref, _JukiNetPage(self._vault, self._lines))

    @step("照合を締める", amendable=False)
    async def conclude(self, ref: StepRef) -> Progress:
        """Everybody was looked at: a difference that was not met any more is gone."""
        async with self._desk.step(ref) as work:
            if work.settled:
                return Progress()
            await differences.close_unmet(work.tx, ref.municipality, ref.case_id)
            return await work.done()


class _Met(NamedTuple):
    """A difference on a page; ``on_its_way``: the other systems are about to settle it."""

    found: Found
    here: bool
    on_its_way: bool = False


class _Side(NamedTuple):
    """A page as both sides have it: ours by key, and where it ends."""

    ours: dict[str, Ours]
    end: str | None
    last: bool


class _Page:
    """What both ways of asking share: where the page begins, and what is kept of it."""

    peer: Peer
    by: str

    def __init__(self, vault: Vault, lines: Lines) -> None:
        self._vault = vault
        self._lines = lines

    async def _span(self, work: Work) -> tuple[Span, int] | None:
        """The next page of this 突合, and how many people it may hold; ``None`` after the last."""
        at = await reconciliations.reached(work.tx, work.ref, self.peer)
        if at.over:
            return None
        limit = (await municipalities.load(work.tx)).parameters.reconciliation_page
        town = work.ref.municipality
        end = await comparing.next_span_end(work.tx, town, self.by, at.key, limit)
        return Span(at.key, end), limit

    async def _asked(self, work: Work, telegram: UUID) -> bytes:
        body = await telegrams.body(work.tx, self._vault, work.ref.municipality, telegram, "out")
        if body is None:
            raise ContractBroken("BODY_ERASED")
        return body

    async def _ours(self, work: Work, span: Span, theirs: Sequence[str], *, more: bool) -> _Side:
        """Our side of what the other side has shown, which may be less than was asked for."""
        end = theirs[-1] if more else span.up_to
        town = work.ref.municipality
        rows = await comparing.people(work.tx, town, self.by, Span(span.after, end))
        ours: dict[str, Ours] = {}
        for row in rows:
            # A code that was given back unused may be somebody else's by now: who is here has it.
            if row.key not in ours or row.here:
                ours[row.key] = row
        return _Side(ours, end, last=end is None)

    async def _turn(self, work: Work, telegram: UUID, side: _Side, met: Iterable[_Met]) -> Progress:
        """Keep the differences, forget the page, and say how far we are."""
        found, explained = await self._sorted(work, telegram, list(met))
        for one in found:
            await differences.find(work.tx, work.ref.municipality, work.ref.case_id, one)
        for one in explained:
            await differences.leave(work.tx, work.ref.municipality, work.ref.case_id, one)
        await erase_body(work.tx, telegram, "COMPARED")
        at = await reconciliations.reached(work.tx, work.ref, self.peer)
        total = await comparing.count(work.tx, work.ref.municipality)
        outcome = Outcome(
            telegram_id=telegram,
            reached=side.end or at.key,
            last=side.last,
            compared=len(side.ours),
            total=total,
            found=len(found),
            in_transition=len(explained),
        )
        await reconciliations.turn(work.tx, work.ref, self.peer, at.number + 1, outcome)
        if side.last:
            return await work.done()
        so_far = f"{at.compared + len(side.ours):,} / {total:,} 人"
        return await work.waits(WaitKind.NEXT_PAGE, BETWEEN_PAGES, mark=so_far)

    async def _sorted(
        self, work: Work, telegram: UUID, met: list[_Met]
    ) -> tuple[list[Found], list[Found]]:
        """What is a difference, and what is in transition."""
        known = {one.found.resident_id for one in met if one.found.resident_id is not None}
        ways = await under_way.about(work.tx, work.ref.municipality, sorted(known), telegram)
        sorted_out: tuple[list[Found], list[Found]] = ([], [])
        for one in met:
            way = under_way.NOTHING
            if one.found.resident_id is not None:
                way = ways[one.found.resident_id]
            explained = one.on_its_way or explains(way, one.found.kind, self._lines, here=one.here)
            sorted_out[explained].append(one.found)
        return sorted_out

    def _hashes(self, work: Work) -> Hashes:
        town = work.ref.municipality
        return Hashes(
            partial(self._vault.key_of, town, MY_NUMBER), partial(self._vault.key_of, town, SERIAL)
        )


class _JukiNetPage(_Page):
    peer = Peer.JLIS
    message = Message.COMPARISON
    by = comparing.BY_CODE

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        page = await self._span(work)
        if page is None:
            return None
        span, limit = page
        town = work.ref.municipality
        return Draft(jlis_comparison.page_request(town, telegram, span, limit))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        span = jlis_comparison.span_of(await self._asked(work, telegram))
        page = jlis_comparison.read_page(answer, span)
        theirs = {held.code: held for held in page.people}
        side = await self._ours(work, span, [*theirs], more=page.more)
        hashes = self._hashes(work)
        met = (
            _met(key, side.ours.get(key), kind)
            for key in sorted(side.ours.keys() | theirs.keys())
            for kind in side_by_side.at_jlis(side.ours.get(key), theirs.get(key), hashes)
        )
        return await self._turn(work, telegram, side, met)


class _AddresseePage(_Page):
    peer = Peer.UNIFIED_ADDRESSEE
    message = Message.ADDRESSEE_COMPARISON
    by = comparing.BY_ADDRESSEE

    async def compose(self, work: Work, telegram: UUID, earlier: list[Sent]) -> Draft | None:
        del earlier
        page = await self._span(work)
        if page is None:
            return None
        span, limit = page
        town = work.ref.municipality
        people = await comparing.people(work.tx, town, self.by, span)
        asked = await comparing.requests(work.tx, town, [one.resident_id for one in people])
        numbers = {one.key: asked[one.resident_id] for one in people if one.resident_id in asked}
        return Draft(addressee_comparison.page_request(town, telegram, span, limit, numbers))

    async def answered(self, work: Work, telegram: UUID, answer: bytes) -> Progress:
        span = addressee_comparison.span_of(await self._asked(work, telegram))
        page = addressee_comparison.read_page(answer, span)
        theirs = {held.addressee_number: held for held in page.people}
        side = await self._ours(work, span, [*theirs], more=page.more)
        return await self._turn(work, telegram, side, self._met(work, side, theirs))

    def _met(
        self, work: Work, side: _Side, theirs: dict[str, addressee_comparison.Held]
    ) -> Iterator[_Met]:
        hashes = self._hashes(work)
        for key in sorted(side.ours.keys() | theirs.keys()):
            ours, held = side.ours.get(key), theirs.get(key)
            for kind in side_by_side.at_addressee(ours, held, hashes):
                yield _met(key, ours, kind)
            for kind in side_by_side.at_server(ours, held):
                # 統合宛名 tells 中間サーバー by itself, and has not got round to it yet.
                yield _met(key, ours, kind)._replace(on_its_way=held is not None and held.pending)


def _met(key: str, ours: Ours | None, kind: DifferenceKind) -> _Met:
    if ours is None:
        return _Met(Found(kind, key, None), here=False)
    return _Met(Found(kind, str(ours.resident_id), ours.resident_id), here=ours.here)
