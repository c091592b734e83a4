"""Every step of a recorded happy case, and everything that may go wrong at it.

Each story is told once for every step the happy case performed (or for every undo its procedure
names), for one child and for three children of whom the second meets the trouble.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from activities.step import ByHand, card_of
from domain.cases import Verb
from tests.numbers import my_number
from tests.workflows.trials import AMENDED, KINDS, UNDOS, Kind
from workflows.birth import Birth
from workflows.rehearsal import rehearse

if TYPE_CHECKING:
    from tests.workflows.trials import Trial, Trials

pytestmark = pytest.mark.parametrize("kind", KINDS, ids=["one", "three"])


async def test_the_happy_case_performs_what_the_manual_says(trials: Trials, kind: Kind) -> None:
    """The recorded steps are the procedure's lines, in order."""
    assert await trials.steps(kind) == [line.step for line in rehearse(Birth)]


async def test_every_step_may_be_refused_and_the_case_withdrawn(trials: Trials, kind: Kind) -> None:
    """Afterwards nothing of the case lives anywhere.  Red: leave out any undo of the procedure."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        await trial.decide(Verb.WITHDRAW)
        await trial.withdraws()

    await trials.at_each(kind, await trials.steps(kind), story)


async def test_every_step_may_be_refused_by_its_peer(trials: Trials, kind: Kind) -> None:
    """A refused telegram was never applied; the case is withdrawn as if it had not been sent."""

    async def story(trial: Trial, step: str) -> None:
        assert (await trial.case.parks())["step"] == step
        await trial.decide(Verb.WITHDRAW)
        await trial.withdraws()

    await trials.at_each_outside(kind, await _sending(trials, kind), story, "REFUSE")


async def test_every_refused_step_may_be_retried(trials: Trials, kind: Kind) -> None:
    """A retry asks afresh, and the case ends as if nothing had been refused."""

    async def story(trial: Trial, _: str) -> None:
        await trial.decide(Verb.RETRY)
        await trials.as_happy(trial)

    await trials.at_each_outside(kind, await _sending(trials, kind), story, "REFUSE")


async def test_every_step_may_run_twice(trials: Trials, kind: Kind) -> None:
    """Twice in a row has the effect of once.  Red: let a telegram's id depend on the attempt."""

    async def story(trial: Trial, step: str) -> None:
        trial.saboteur.repeats.add(trial.spot(step))
        await trials.as_happy(trial)

    await trials.at_each(kind, await trials.steps(kind), story)


async def test_every_report_of_a_step_may_be_lost(trials: Trials, kind: Kind) -> None:
    """The effect stands, the engine never hears of it, and the next attempt finds it done."""

    async def story(trial: Trial, step: str) -> None:
        trial.saboteur.losses.add(trial.spot(step))
        await trials.as_happy(trial)

    await trials.at_each(kind, await trials.steps(kind), story)


async def test_every_reply_of_a_peer_may_be_lost(trials: Trials, kind: Kind) -> None:
    """The peer acted and we never heard: asked by the telegram's id, adopted, not sent again."""

    async def story(trial: Trial, _: str) -> None:
        await trials.as_happy(trial)

    await trials.at_each_outside(kind, await _sending(trials, kind), story, "LOSE_REPLY")


async def test_every_undo_may_run_twice(trials: Trials, kind: Kind) -> None:
    """Taking back twice takes back once, and taking back what was taken back does nothing."""

    async def story(trial: Trial, step: str) -> None:
        trial.saboteur.repeats.add(trial.spot(step))
        await trial.withdraw_at_the_end()
        await trial.withdraws()

    await trials.at_each(kind, UNDOS, story)


async def test_every_report_of_an_undo_may_be_lost(trials: Trials, kind: Kind) -> None:
    """An undo whose report never came is found done by its next attempt."""

    async def story(trial: Trial, step: str) -> None:
        trial.saboteur.losses.add(trial.spot(step))
        await trial.withdraw_at_the_end()
        await trial.withdraws()

    await trials.at_each(kind, UNDOS, story)


async def test_every_undo_may_be_refused_and_retried(trials: Trials, kind: Kind) -> None:
    """A refused undo parks like any step; nothing older is taken back before it is settled."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        await trial.withdraw_at_the_end()
        assert (await trial.case.parks())["step"] == step
        older = list(UNDOS)[: list(UNDOS).index(step)]
        assert not [s for s in older if (await trial.case.lines())[UNDOS[s]] == "undone"]
        await trial.decide(Verb.RETRY)
        await trial.withdraws()

    await trials.at_each(kind, UNDOS, story)


async def test_every_parked_step_may_be_amended(trials: Trials, kind: Kind) -> None:
    """All systems hold the corrected data, whoever had been told the wrong one before."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        await trial.decide(Verb.AMEND, changes=AMENDED)
        await trial.completes()
        assert AMENDED["name"] in await trial.names()

    await trials.at_each(kind, await trials.steps(kind), story)


async def test_what_an_amended_case_did_is_taken_back_too(trials: Trials, kind: Kind) -> None:
    """An undo looks at every generation its step ever sent.  Red: let it look at the last."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        await trial.decide(Verb.AMEND, changes=AMENDED)
        await trial.withdraw_at_the_end()
        await trial.withdraws()

    await trials.at_each(kind, await trials.steps(kind), story)


async def test_what_was_done_by_hand_is_taken_back_by_hand(trials: Trials, kind: Kind) -> None:
    """A machine takes back what machines did; for the rest the case waits for staff."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        trial.refuse(await _after(trials, kind, step))
        number = my_number(int(trial.case.ref.case_number[-6:])) if _wants_number(step) else None
        await trial.decide(Verb.DONE_BY_HAND, evidence="証跡一", number=number)
        await trial.decide(Verb.WITHDRAW)
        if step in UNDOS.values():
            assert (await trial.case.parks())["kind"] == "take_back_by_hand"
            await trial.decide(Verb.DONE_BY_HAND, evidence="証跡二")
        await trial.withdraws()

    by_hand = [s for s in await trials.steps(kind) if card_of(s).by_hand is not ByHand.NO]
    await trials.at_each(kind, by_hand, story)


async def test_a_run_may_be_ended_at_every_step(trials: Trials, kind: Kind) -> None:
    """A new run reads the ledger and goes on; the old attempt, let loose later, changes nothing."""

    async def story(trial: Trial, step: str) -> None:
        hold = trial.hold(step)
        await hold.reached.wait()
        await trial.restart()
        hold.released.set()
        await trials.as_happy(trial)

    await trials.at_each(kind, [*await trials.steps(kind), "終結する"], story)


async def test_a_run_may_be_ended_at_every_undo(trials: Trials, kind: Kind) -> None:
    """A withdrawing case started anew goes straight to its undos."""

    async def story(trial: Trial, step: str) -> None:
        hold = trial.hold(step)
        await trial.withdraw_at_the_end()
        await hold.reached.wait()
        await trial.restart()
        hold.released.set()
        await trial.withdraws()

    await trials.at_each(kind, UNDOS, story)


async def test_a_run_may_be_ended_while_it_waits_for_staff(trials: Trials, kind: Kind) -> None:
    """The new run stands at the same incident, and asks nobody again before staff decide."""

    async def story(trial: Trial, _: str) -> None:
        incident = await trial.case.parks()
        await trial.restart()
        await trial.stands_still()
        assert await trial.case.parks() == incident
        await trial.decide(Verb.RETRY)
        await trials.as_happy(trial)

    await trials.at_each_outside(kind, await _sending(trials, kind), story, "REFUSE")


async def test_a_run_may_be_ended_after_something_was_done_by_hand(
    trials: Trials, kind: Kind
) -> None:
    """What staff did is in the ledger; a new run neither repeats it nor takes it back itself."""

    async def story(trial: Trial, step: str) -> None:
        trial.refuse(step)
        trial.refuse(await _after(trials, kind, step))
        await trial.decide(Verb.DONE_BY_HAND, evidence="証跡一")
        await trial.case.parks()
        await trial.restart()
        await trial.decide(Verb.WITHDRAW)
        await trial.case.parks()
        await trial.restart()
        await trial.decide(Verb.DONE_BY_HAND, evidence="証跡二")
        await trial.withdraws()

    by_hand = [s for s in UNDOS.values() if card_of(s).by_hand is not ByHand.NO]
    await trials.at_each(kind, by_hand, story)


async def _sending(trials: Trials, kind: Kind) -> list[str]:
    """The steps that send telegrams."""
    return [step for step in await trials.messages(kind) if step not in UNDOS]


async def _after(trials: Trials, kind: Kind, step: str) -> str:
    steps = await trials.steps(kind)
    return steps[steps.index(step) + 1]


def _wants_number(step: str) -> bool:
    return card_of(step).by_hand is ByHand.WITH_NUMBER
