"""異動の取消し: what a finished case wrote is taken back, and nothing else (標準仕様書 4.6)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from domain.cases import Procedure
from domain.changes import IDENTITY_FIELDS, Becoming, Report, Situation
from domain.dates import RegisterDate
from domain.errors import Refused
from domain.residents import HEAD, Entry, Presence, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from domain.residents import Present

CANCELLABLE = frozenset(
    {
        Procedure.BIRTH,
        Procedure.MOVE_OUT,
        Procedure.SPECIAL_MOVE_IN,
        Procedure.MOVE_IN,
        Procedure.ADDRESS_CHANGE,
        Procedure.DEATH,
        Procedure.HOUSEHOLD_CHANGE,
        Procedure.CORRECTION,
        Procedure.ENTRY,
    }
)
"""What may be taken back once it is finished: never a number or a code, which nobody gets twice."""


class TakenBack(NamedTuple):
    """Somebody without what a case changed of them: everything else as it stands now."""

    entry: Entry
    presence: Presence
    code: str | None


def taken_back(
    now: Present, before: Mapping[str, Any] | None, changed: Collection[str]
) -> TakenBack:
    """Put the ``changed`` fields back to what they were ``before``, on top of what stands now.

    Without a ``before`` the case brought the person here: they are no resident any more.
    """
    standing = now.entry.model_dump(mode="json")
    standing |= {"presence": now.presence, "code": now.code}
    if before is None:
        restored = standing | {"presence": Presence.STRUCK}
    else:
        restored = standing | {field: before.get(field) for field in changed}
    return TakenBack(
        Entry.model_validate(restored), Presence(restored["presence"]), restored["code"]
    )


def reason_of(was: Presence, becomes: Presence) -> Reason:
    """増, 減 or 修正, as it changes who is here."""
    if was is becomes:
        return Reason.CANCELLATION_AMENDMENT
    if becomes is Presence.RESIDENT:
        return Reason.CANCELLATION_INCREASE
    return Reason.CANCELLATION_DECREASE


class Cancellation(Report):
    """異動の取消し of a finished case, for everybody it changed or for some of them.

    There is no 届出日 unless somebody asked for it (申出).  ``happened_on`` is the 異動日 of what
    is cancelled.
    """

    cancels: UUID
    procedure: Procedure
    happened_on: RegisterDate
    former_households: tuple[UUID, ...]
    applied_on: date | None = None

    @property
    def effective_on(self) -> RegisterDate:
        """The 異動日 of what never was."""
        return self.happened_on

    @property
    def households(self) -> tuple[UUID, ...]:
        """Where they are, and where they were."""
        return self.former_households

    @property
    def undoes(self) -> UUID | None:
        """The case whose rows it takes back."""
        return self.cancels

    def becomes(self, before: Situation) -> tuple[Becoming, ...]:
        """Everybody named, without what that case changed of them.

        Who is put back into a household that everybody has left since founds a new one there.
        Raises `Refused` NOTHING_TO_CANCEL, LATER_CASE_STANDS, TWO_HEADS, HEAD_GONE.
        """
        changed = [self._without(before, one) for one in self.residents]
        housed = [home for one in changed if (home := self._new_home(before, one))]
        self._check_heads(before, {one.resident_id: one for one in (*changed, *housed)})
        return (*changed, *housed)

    def _without(self, before: Situation, resident_id: UUID) -> Becoming:
        undone = before.undone.get(resident_id)
        if undone is None:
            raise Refused("NOTHING_TO_CANCEL")
        if undone.standing:
            raise Refused("LATER_CASE_STANDS")
        now = before.people[resident_id]
        return Becoming(
            resident_id,
            reason_of(now.presence, undone.presence),
            undone.entry,
            undone.presence,
            undone.code,
            upstream=bool(IDENTITY_FIELDS & undone.changed),
            cancels=undone.rows,
        )

    def _new_home(self, before: Situation, without: Becoming) -> Becoming | None:
        """Where the former household is empty by now: a row of its own, for one at that address."""
        moved_back = "household_id" in before.undone[without.resident_id].changed
        former = before.households.get(without.entry.household_id)
        empty = former is None or not former.members
        if not moved_back or not empty or without.presence is Presence.STRUCK:
            return None
        entry = without.entry.model_copy(update={"household_id": before.new_household})
        reason = Reason.CANCELLATION_AMENDMENT
        return without._replace(reason=reason, entry=entry, upstream=False, cancels=())

    def _check_heads(self, before: Situation, changed: Mapping[UUID, Becoming]) -> None:
        """No household is left with two heads; a new one has its own."""
        after = {
            one: becomes.entry
            for one, becomes in changed.items()
            if becomes.presence is Presence.RESIDENT
        }
        staying = {
            one.resident_id: one.entry
            for household in before.households.values()
            for one in household.without(changed)
        }
        heads = Counter(
            entry.household_id for entry in (staying | after).values() if entry.relationship == HEAD
        )
        if any(count > 1 for count in heads.values()):
            raise Refused("TWO_HEADS")
        founded = {entry.household_id for entry in after.values()} & {before.new_household}
        if founded - heads.keys():
            raise Refused("HEAD_GONE")
