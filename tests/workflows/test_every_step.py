"""Every step of a recorded happy case, and everything that may go wrong at it.

Each story is told for every kind of case and every step that kind performs (or every undo it
needed when it was taken back).  Whoever adds a story adds it to `STORIES`; all cases of a kind run
beside each other in the same two towns, which must agree with everybody in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from activities.step import card_of
from domain.cases import Verb
from tests.workflows.kinds import KINDS, VARIANTS
from tests.workflows.telling import along, at_each
from tests.workflows.trial import CLOSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.workflows.kind import Kind
    from tests.workflows.telling import Telling
    from tests.workflows.trial import Trial
    from tests.workflows.trials import Trials


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One kind of case for each procedure; with ``--all-kinds``, the variants too."""
    kinds = KINDS + (VARIANTS if metafunc.config.getoption("all_kinds") else ())
    metafunc.parametrize("kind", kinds, ids=[kind.name for kind in kinds])


@at_each(lambda tried: tried.steps)
async def every_step_may_be_refused_and_the_case_withdrawn(trial: Trial, step: str) -> None:
    """Afterwards nothing of the case lives anywhere.  Red: leave out any undo of the procedure."""
    trial.refuse(step)
    await trial.parks(step)
    await trial.ends_withdrawn()


@at_each(lambda tried: tried.sending)
async def every_step_may_be_refused_by_its_peer(trial: Trial, step: str) -> None:
    """A refused telegram was never applied; the case is withdrawn as if it had not been sent."""
    await trial.meets("REFUSE", step)
    await trial.parks(step)
    await trial.ends_withdrawn()


@along(lambda tried: tried.sending)
async def every_refused_step_may_be_retried(trial: Trial, steps: list[str]) -> None:
    """A retry asks afresh, and the case ends as if nothing had been refused."""
    await trial.meets("REFUSE", *steps)
    for step in steps:
        await trial.parks(step)
        assert await trial.decides(Verb.RETRY)
    await trial.as_happy()


@along(lambda tried: tried.steps)
async def every_step_may_run_twice(trial: Trial, steps: list[str]) -> None:
    """Twice in a row has the effect of once.  Red: never ask what is settled, nor what was said."""
    trial.saboteur.repeats |= {trial.spot(step) for step in steps}
    await trial.as_happy()


@along(lambda tried: tried.steps)
async def every_report_of_a_step_may_be_lost(trial: Trial, steps: list[str]) -> None:
    """The effect stands, the engine never hears of it, and the next attempt finds it done."""
    trial.saboteur.losses |= {trial.spot(step) for step in steps}
    await trial.as_happy()


@along(lambda tried: tried.sending)
async def every_reply_of_a_peer_may_be_lost(trial: Trial, steps: list[str]) -> None:
    """The peer acted and we never heard: asked by the telegram's id, adopted, not sent again."""
    await trial.meets("LOSE_REPLY", *steps)
    await trial.as_happy()


@along(lambda tried: [*tried.steps, CLOSING])
async def a_run_may_be_ended_at_every_step(trial: Trial, steps: list[str]) -> None:
    """A new run reads the ledger and goes on; the old attempt, let loose later, changes nothing."""
    holds = [trial.hold(step) for step in steps]
    for hold in holds:
        await trial.reaches(hold)
        await trial.restart()
        hold.released.set()
    await trial.as_happy()


@along(lambda tried: tried.sending)
async def a_run_may_be_ended_while_it_waits_for_staff(trial: Trial, steps: list[str]) -> None:
    """The new run stands at the same incident, and asks nobody again before staff decide."""
    await trial.meets("REFUSE", *steps)
    for step in steps:
        incident = await trial.parks(step)
        await trial.restart()
        await trial.looks_at_its_ledger()
        assert await trial.parks(step) == incident
        assert await trial.sent(step) == 1
        assert await trial.decides(Verb.RETRY)
    await trial.as_happy()


@along(lambda tried: tried.undos, recalled=True)
async def every_undo_may_run_twice(trial: Trial, undos: list[str]) -> None:
    """Taking back twice takes back once, and taking back what was taken back does nothing."""
    trial.saboteur.repeats |= {trial.spot(undo) for undo in undos}
    await trial.withdraw_at_the_end()
    await trial.withdrawn()


@along(lambda tried: tried.undos, recalled=True)
async def every_report_of_an_undo_may_be_lost(trial: Trial, undos: list[str]) -> None:
    """An undo whose report never came is found done by its next attempt."""
    trial.saboteur.losses |= {trial.spot(undo) for undo in undos}
    await trial.withdraw_at_the_end()
    await trial.withdrawn()


@along(lambda tried: tried.undos, recalled=True)
async def every_undo_may_be_refused_and_retried(trial: Trial, undos: list[str]) -> None:
    """A refused undo parks like any step; nothing older is taken back before it is settled."""
    trial.refuse(*undos)
    await trial.withdraw_at_the_end()
    for place, undo in enumerate(undos, start=1):
        await trial.parks(undo)
        lines = await trial.case.lines(trial.kind.victim)
        assert not [one for one in undos[place:] if lines[card_of(one).undoes or ""] == "undone"]
        assert await trial.decides(Verb.RETRY)
    await trial.withdrawn()


@along(lambda tried: tried.undos, recalled=True)
async def a_run_may_be_ended_at_every_undo(trial: Trial, undos: list[str]) -> None:
    """A withdrawing case started anew goes straight to its undos."""
    holds = [trial.hold(undo) for undo in undos]
    await trial.withdraw_at_the_end()
    for hold in holds:
        await trial.reaches(hold)
        await trial.restart()
        hold.released.set()
    await trial.withdrawn()


@at_each(lambda tried: tried.amendable)
async def every_parked_step_may_be_amended(trial: Trial, step: str) -> None:
    """All systems hold the corrected data, whoever had been told the wrong one before."""
    trial.refuse(step)
    await trial.parks(step)
    if await trial.kind.amend(trial):
        await trial.completed()
        assert await trial.kind.amended(trial)
        return
    assert await trial.decides(Verb.RETRY)
    await trial.as_happy()


@at_each(lambda tried: tried.amendable_in_time, recalled=True)
async def what_an_amended_case_did_is_taken_back_too(trial: Trial, step: str) -> None:
    """An undo looks at every generation its step ever sent.  Red: let it look at the last."""
    trial.refuse(step)
    await trial.parks(step)
    assert await trial.kind.amend(trial)
    await trial.withdraw_at_the_end()
    await trial.withdrawn()


@at_each(lambda tried: tried.by_hand_in_time)
async def what_was_done_by_hand_is_taken_back_by_hand(trial: Trial, step: str) -> None:
    """A machine takes back what machines did; for the rest the case waits for staff."""
    trial.refuse(step)
    stop = trial.stop_after(step)
    await trial.parks(step)
    await trial.done_by_hand(step, "証跡一")
    await stop.reached()
    if not await trial.withdraws():
        stop.goes_on()
        await trial.completed()
        return
    stop.goes_on()
    if step in trial.known.by_hand_and_back:
        assert (await trial.case.parks())["kind"] == "take_back_by_hand"
        await trial.done_by_hand(step, "証跡二")
    await trial.withdrawn()


@at_each(lambda tried: [step for step in tried.by_hand_and_back if tried.after(step)])
async def a_run_may_be_ended_after_something_was_done_by_hand(trial: Trial, step: str) -> None:
    """What staff did is in the ledger; a new run neither repeats it nor takes it back itself."""
    trial.refuse(step)
    stop = trial.stop_after(step)
    await trial.parks(step)
    await trial.done_by_hand(step, "証跡一")
    await stop.reached()
    await trial.restart()
    stop.goes_on()
    assert await trial.withdraws()
    assert (await trial.case.parks())["kind"] == "take_back_by_hand"
    await trial.restart()
    await trial.done_by_hand(step, "証跡二")
    await trial.withdrawn()


STORIES: Sequence[Telling] = (
    every_report_of_a_step_may_be_lost,
    every_report_of_an_undo_may_be_lost,
    every_reply_of_a_peer_may_be_lost,
    a_run_may_be_ended_while_it_waits_for_staff,
    every_refused_step_may_be_retried,
    every_undo_may_be_refused_and_retried,
    a_run_may_be_ended_at_every_step,
    a_run_may_be_ended_at_every_undo,
    every_step_may_run_twice,
    every_undo_may_run_twice,
    every_parked_step_may_be_amended,
    what_an_amended_case_did_is_taken_back_too,
    what_was_done_by_hand_is_taken_back_by_hand,
    a_run_may_be_ended_after_something_was_done_by_hand,
    every_step_may_be_refused_and_the_case_withdrawn,
    every_step_may_be_refused_by_its_peer,
)
"""The longest first: each lost report costs one of the engine's timers, a second at least."""


async def test_the_happy_case_performs_what_the_manual_says(trials: Trials, kind: Kind) -> None:
    """The recorded steps are the procedure's lines, in order."""
    assert (await trials.tried(kind)).steps == [line.step for line in kind.lines]


@pytest.mark.timeout(300)
async def test_whatever_goes_wrong_everybody_agrees_in_the_end(
    trials: Trials, kind: Kind, subtests: pytest.Subtests
) -> None:
    """Every story, some fifty cases beside each other; one that fails is named with its step."""
    failures = await trials.tell(kind, STORIES)
    for story, failed in failures.items():
        with subtests.test(story):
            assert not failed, "\n\n".join(failed)
