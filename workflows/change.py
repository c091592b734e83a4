"""What every change of people who live here ends with: 宛名, 副本, and the other offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.residents import Residents
    from activities.unified_addressee import UnifiedAddressee

if TYPE_CHECKING:
    from workflows.conduct import Conduct


async def followed_by_everybody(case: Conduct) -> None:
    """The office's manual once a change is entered, for everybody whom it concerns.

    Each line says nothing about a person of whom nothing changed that its receiver keeps.
    """
    await case.perform(UnifiedAddressee.follow_change, undo=UnifiedAddressee.follow_change_back)
    await case.perform(
        UnifiedAddressee.follow_change_with_copy,
        undo=UnifiedAddressee.follow_change_with_copy_back,
    )
    await case.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
