"""Runs that are open while a new release comes must go on under it: recorded histories replay."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from activities.juki_net import JukiNet
from activities.linkage import Linkage
from activities.residents import Residents
from activities.unified_addressee import UnifiedAddressee
from domain.cases import CaseRef, Procedure
from tests.record_histories import HISTORIES, every_name
from workflows.conduct import Conduct
from workflows.rehearsal import PROCEDURES, rehearse

if TYPE_CHECKING:
    from collections.abc import Iterator


@workflow.defn(name=Procedure.BIRTH)
class ReorderedBirth(Conduct):
    """A birth whose last two lines changed places."""

    @workflow.run
    async def run(self, case: CaseRef) -> None:
        await self.conclude(case)

    async def story(self) -> None:
        await self.perform(Residents.enter_newborn, undo=Residents.strike_newborn)
        await self.perform(JukiNet.request_number)
        await self.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
        await self.perform(JukiNet.send_mailing_address)
        await self.perform(
            UnifiedAddressee.request_addressee, undo=UnifiedAddressee.close_addressee
        )
        await self.perform(UnifiedAddressee.confirm_notified)
        await self.perform(Linkage.obtain_code)
        await self.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
        await self.perform(UnifiedAddressee.register_copy, undo=UnifiedAddressee.delete_copy)


RECORDED = sorted(file.stem for file in HISTORIES.iterdir())


@pytest.mark.parametrize("history", RECORDED)
async def test_a_recorded_history_replays(history: str) -> None:
    """Red: change the order of two lines of a procedure, or what `Conduct` does between them."""
    await _replay(history, *PROCEDURES)


async def test_a_reordered_procedure_is_noticed() -> None:
    """The replay is worth something only if it can fail."""
    with pytest.raises(workflow.NondeterminismError):
        await _replay("happy", ReorderedBirth)


def test_every_recording_has_its_story() -> None:
    """A history nobody can record anew would stay for ever."""
    assert {name.partition(".")[0] for name in RECORDED} == every_name()


def test_every_procedure_is_held_by_a_history() -> None:
    """Whatever procedure there is, runs of it may be open when a release comes.

    Red: leave out the histories of one procedure.
    """
    assert {_type(_read(name)) for name in RECORDED} == set(Procedure)
    assert len(PROCEDURES) == len(Procedure)


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda one: one.__name__)
def test_every_step_stands_in_a_history(procedure: type[Conduct]) -> None:
    """A line that no recorded run has performed could be moved without being noticed."""
    recorded = [_read(name) for name in RECORDED]
    held = {step for one in recorded if _type(one) == _type_of(procedure) for step in _steps(one)}
    assert [line.step for line in rehearse(procedure) if line.step not in held] == []


async def _replay(name: str, *procedures: type[Conduct]) -> None:
    recorded = _read(name)
    history = WorkflowHistory.from_json(recorded.pop("id"), recorded)
    replayer = Replayer(
        workflows=procedures,
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(history)


def _read(name: str) -> dict[str, Any]:
    return json.loads((HISTORIES / f"{name}.json").read_text())


def _type(history: dict[str, Any]) -> str:
    began = history["events"][0]["workflowExecutionStartedEventAttributes"]
    return began["workflowType"]["name"]


def _type_of(procedure: type[Conduct]) -> str:
    return getattr(procedure, "__temporal_workflow_definition").name


def _steps(history: dict[str, Any]) -> Iterator[str]:
    """What the run performed, beside its tasks or as activities of the engine."""
    for event in history["events"]:
        asked = event.get("activityTaskScheduledEventAttributes", {})
        yield asked.get("activityType", {}).get("name", "")
        details = event.get("markerRecordedEventAttributes", {}).get("details", {})
        for payload in details.get("data", {}).get("payloads", ()):
            yield json.loads(b64decode(payload["data"])).get("activity_type", "")
