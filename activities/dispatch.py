"""How a telegram leaves: written before, concluded after, in doubt no longer than needed.

A step hands over a `Letter`.  Whatever an earlier attempt left behind is settled first: a telegram
whose outcome is not known is asked for by its id, and only when the peer does not know it, and
cannot come to know it any more, do the same bytes leave again.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from activities.gates import heard, listening
from activities.letters import Draft, Ready
from domain.cases import Progress, WaitKind
from domain.errors import ContractBroken, OfficeError, Refused, Unavailable
from domain.telegrams import Peer, telegram_id
from register import lanes, telegrams
from register.telegrams import Outcome, TelegramState, Writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from activities.desk import Desk, Work
    from activities.letters import Letter, PeerLine, Series
    from domain.cases import StepRef
    from register.ledger import Gate
    from register.telegrams import Sent
    from register.transactions import Tx
    from register.vault import Vault

# An attempt held up for longer than this part of its lease does not begin to send any more.
_BEGIN_WITHIN = 3


class Dispatch:
    """Sends letters for steps.

    ``lease`` is how long after its row was written a telegram's bytes may still be leaving: longer
    than the clients' time-out, because an attempt begins to send in the first third of it.
    """

    def __init__(
        self, desk: Desk, vault: Vault, peers: Mapping[Peer, PeerLine], lease: timedelta
    ) -> None:
        self._desk = desk
        self._vault = vault
        self._peers = peers
        self._lease = lease.total_seconds()

    async def deliver(self, ref: StepRef, letter: Letter) -> Progress:
        """Bring a letter to its peer, exactly once.

        Raises `Refused` and `ContractBroken` as the peer's answer says, `Unavailable` for the rest.
        """
        ready = await self._prepare(ref, letter)
        if isinstance(ready, Progress):
            return ready
        answer = await self._ask(ref, letter, ready) if ready.doubt else None
        if answer is None:
            ready = await self._again(ref, ready) if ready.doubt else ready
            answer = await self._send(ref, letter, ready)
        return await self._delivered(ref, letter, ready, answer)

    async def deliver_all(self, ref: StepRef, letter: Series) -> Progress:
        """As `deliver`, one telegram after the other, until the letter has nothing more to say."""
        while True:
            told = letter.told
            progress = await self.deliver(ref, letter)
            if progress.wait is not None or letter.told == told:
                return progress

    async def settle_doubts(self, ref: StepRef, step: str, peer: Peer) -> Progress | None:
        """Before an undo: find out about every telegram of ``step`` whose outcome is not known.

        Afterwards each is delivered, refused, or never arrived and never will; or the undo has to
        wait at the gate, because nobody may be asked now.
        """
        async with self._desk.step(ref, peer) as work:
            doubtful = [
                sent
                for sent in await telegrams.of_step(work.tx, ref, step)
                if sent.state in telegrams.OPEN
            ]
            gate = work.place.gate
            if doubtful and not gate.passes:
                return await work.waits_at_the_gate()
            for sent in doubtful:
                await telegrams.take_over(work.tx, ref.municipality, sent)
        for sent in doubtful:
            await self._find_out(ref, gate, peer, sent)
        return None

    async def _find_out(self, ref: StepRef, gate: Gate, peer: Peer, sent: Sent) -> None:
        fence = sent.fence + 1
        outcome = Outcome(sent.telegram_id, fence, TelegramState.NEVER_ARRIVED)
        answer = None
        if sent.state is not TelegramState.UNSENT:
            try:
                answer = await self._look_up(ref, gate, peer, sent.telegram_id)
            except Refused as refusal:
                outcome = Outcome(sent.telegram_id, fence, TelegramState.REFUSED, refusal.code)
            else:
                if answer is None:
                    self._wait_for_silence(peer, sent)
                else:
                    outcome = Outcome(sent.telegram_id, fence, TelegramState.DELIVERED)
        async with self._desk.open(ref) as tx:
            await self._conclude(tx, ref.municipality, outcome, answer)

    async def _prepare(self, ref: StepRef, letter: Letter) -> Ready | Progress:
        async with self._desk.step(ref, letter.peer) as work:
            if work.settled:
                return Progress()
            earlier = await telegrams.of_step(work.tx, ref, work.step)
            left_open = bool(earlier) and earlier[-1].state in telegrams.OPEN
            if not left_open and letter.peer is Peer.JLIS and (shut := work.closed_for()):
                return await work.waits(WaitKind.OPENING, shut)
            if not work.place.gate.passes:
                # Asking what became of a telegram is as much in vain as sending one.
                return await work.waits_at_the_gate()
            if left_open:
                return await self._resume(work, earlier[-1])
            return await self._write(work, letter, earlier)

    async def _resume(self, work: Work, last: Sent) -> Ready:
        """Take over a telegram an earlier attempt left open."""
        unsent = last.state is TelegramState.UNSENT
        claim = telegrams.leave_again if unsent else telegrams.take_over
        fence = await claim(work.tx, work.ref.municipality, last)
        body = await telegrams.body(
            work.tx, self._vault, work.ref.municipality, last.telegram_id, "out"
        )
        if body is None:
            raise ContractBroken("BODY_ERASED")
        doubt = None if unsent else last
        now = time.monotonic()
        return Ready(last.telegram_id, fence, body, now, work.place.gate, doubt)

    async def _write(self, work: Work, letter: Letter, earlier: list[Sent]) -> Ready | Progress:
        generation = work.place.generation
        ordinal = sum(sent.generation == generation for sent in earlier)
        name = telegram_id(work.ref, work.step, generation, ordinal)
        draft = await letter.compose(work, name, earlier)
        if draft is None:
            return await work.done()
        if isinstance(draft, Progress):
            return draft
        repeatable = draft.asks or draft.update_no is not None
        if not repeatable and await self._said_already(work, letter, earlier):
            return await work.done()
        writing = Writing(
            telegram_id=name,
            step=work.step,
            generation=generation,
            ordinal=ordinal,
            peer=letter.peer,
            message=letter.message,
            resident_id=draft.resident_id,
            update_no=draft.update_no,
            body=draft.body,
        )
        await telegrams.write(work.tx, self._vault, work.ref, writing)
        await work.begun()
        return Ready(name, 1, draft.body, time.monotonic(), work.place.gate)

    async def _said_already(self, work: Work, letter: Letter, earlier: list[Sent]) -> bool:
        """Whether the last telegram that arrived says, word for word, what this one would."""
        arrived = [sent.telegram_id for sent in earlier if sent.state is TelegramState.DELIVERED]
        if not arrived:
            return False
        again = await letter.compose(work, arrived[-1], earlier)
        if not isinstance(again, Draft):
            return False
        town = work.ref.municipality
        said = await telegrams.content_hash(work.tx, town, arrived[-1])
        return self._vault.content_hash(town, again.body) == said

    async def _send(self, ref: StepRef, letter: Letter, ready: Ready) -> bytes:
        try:
            if time.monotonic() - ready.written_at > self._lease / _BEGIN_WITHIN:
                raise Unavailable("TOO_LATE_TO_SEND", left=False)
            async with listening(self._desk, ref, ready.gate):
                return await self._peers[letter.peer].door.send(
                    ref.municipality, ready.telegram_id, ready.body
                )
        except OfficeError as failure:
            await self._failed(ref, ready, failure)
            raise

    async def _ask(self, ref: StepRef, letter: Letter, ready: Ready) -> bytes | None:
        try:
            answer = await self._look_up(ref, ready.gate, letter.peer, ready.telegram_id)
        except Refused as refusal:
            await self._failed(ref, ready, refusal)
            raise
        if answer is None and ready.doubt is not None:
            self._wait_for_silence(letter.peer, ready.doubt)
        return answer

    async def _look_up(
        self, ref: StepRef, gate: Gate, peer: Peer, telegram_id: UUID
    ) -> bytes | None:
        """Ask what became of a telegram; not to know it is no sign that a peer takes any."""
        try:
            answer = await self._peers[peer].door.look_up(ref.municipality, telegram_id)
        except Refused:
            await heard(self._desk, ref, gate)
            raise
        if answer is not None:
            await heard(self._desk, ref, gate)
        return answer

    def _wait_for_silence(self, peer: Peer, sent: Sent) -> None:
        """Raise `Unavailable` while the bytes may still be on their way, and count that silence."""
        quiet = sent.now - sent.left_at
        # Bytes of an attempt that died without a word may have left until its lease was over.
        silent = sent.state is TelegramState.SENDING
        lease = timedelta(seconds=self._lease if silent else 0)
        missing = self._peers[peer].settling + lease - quiet
        if missing > timedelta():
            raise Unavailable("SETTLING", after=missing)

    async def _again(self, ref: StepRef, ready: Ready) -> Ready:
        """The peer never got it and never will: the same bytes leave once more."""
        async with self._desk.step(ref) as work:
            last = (await telegrams.of_step(work.tx, ref, work.step))[-1]
            if (last.telegram_id, last.fence) != (ready.telegram_id, ready.fence):
                raise Unavailable("OVERTAKEN", left=False)
            fence = await telegrams.leave_again(work.tx, ref.municipality, last)
        return ready._replace(fence=fence, written_at=time.monotonic(), doubt=None)

    async def _failed(self, ref: StepRef, ready: Ready, failure: OfficeError) -> None:
        state = TelegramState.UNKNOWN
        if isinstance(failure, Refused):
            state = TelegramState.REFUSED
        elif isinstance(failure, Unavailable) and not failure.left:
            state = TelegramState.UNSENT
        async with self._desk.open(ref) as tx:
            outcome = Outcome(ready.telegram_id, ready.fence, state, failure.code)
            await self._conclude(tx, ref.municipality, outcome, None)

    async def _delivered(
        self, ref: StepRef, letter: Letter, ready: Ready, answer: bytes
    ) -> Progress:
        """Record the answer and use it, in one transaction."""
        try:
            async with self._desk.step(ref) as work:
                outcome = Outcome(ready.telegram_id, ready.fence, TelegramState.DELIVERED)
                if not await self._conclude(work.tx, ref.municipality, outcome, answer):
                    raise Unavailable("OVERTAKEN", left=False)
                return await letter.answered(work, ready.telegram_id, answer)
        except ContractBroken as broken:
            await self._failed(ref, ready, broken)
            raise

    async def _conclude(
        self, tx: Tx, municipality: str, outcome: Outcome, answer: bytes | None
    ) -> bool:
        if not await telegrams.conclude(tx, municipality, outcome):
            return False
        if answer is not None:
            await telegrams.keep_answer(tx, self._vault, municipality, outcome.telegram_id, answer)
        if outcome.state in telegrams.OPEN:
            return True
        lane = await telegrams.update_number(tx, municipality, outcome.telegram_id)
        if lane is not None and outcome.state is TelegramState.DELIVERED:
            await lanes.delivered(tx, municipality, *lane)
        elif lane is not None:
            await lanes.call_next(tx, municipality, lane[0])
        return True
