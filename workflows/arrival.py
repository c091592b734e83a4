"""What brings people here, however it was told of: the entry, and everyone who must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.juki_net import JukiNet
    from activities.linkage import Linkage
    from activities.newcomers import Newcomers
    from activities.residents import Residents
    from activities.serials import Serials
    from activities.unified_addressee import UnifiedAddressee

if TYPE_CHECKING:
    from workflows.conduct import Conduct


async def arrival(case: Conduct) -> None:
    """The office's manual from the entry on (住民基本台帳法8条, 9条, 30条の6)."""
    await case.perform(Newcomers.enter, undo=Newcomers.strike_entry)
    # No undo: a number once generated stays bound to its code.  Whoever has one keeps it.
    await case.perform(JukiNet.request_number)
    await case.perform(JukiNet.announce, undo=JukiNet.withdraw_announcement)
    await case.perform(Newcomers.notify_origin, undo=Newcomers.correct_notice)
    # No undo: a letter is not called back.  It goes to whoever was given a number here.
    await case.perform(JukiNet.send_mailing_address)
    await case.perform(UnifiedAddressee.request_addressee, undo=UnifiedAddressee.close_addressee)
    # No undo: 統合宛名 sends that notice itself, and corrects it when the 宛名 is closed.
    await case.perform(UnifiedAddressee.confirm_notified)
    # No undo: the 符号 belongs to the person, and lapses with the 住民票.
    await case.perform(Linkage.obtain_code)
    await case.perform(Serials.link, undo=Serials.unlink)
    await case.perform(UnifiedAddressee.register_copy, undo=UnifiedAddressee.delete_copy)
    await case.perform(Residents.inform_offices, undo=Residents.inform_offices_of_withdrawal)
