"""What a kind of case does in which nothing fails: read from the ledger, listed by nobody."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from activities.step import ByHand, card_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from tests.house import Case, Town
    from tests.workflows.kind import Kind
    from tests.workflows.trial import Trial


class Tried(NamedTuple):
    """What a kind of case does in which nothing fails, and how far it may be taken back."""

    kind: Kind
    steps: list[str]
    sent_as: dict[str, int]
    """Steps that sent telegrams, each with the version of the 届出 its first one was of."""
    effects: Counter[str]
    revocable: bool
    """Whether it may still be withdrawn at its very end."""
    reached: list[str]
    """What has been done when it is withdrawn at the last moment."""
    undos: list[str]
    """What takes that back, newest first."""
    taken_back: Case
    """The case this was read from."""

    @property
    def sending(self) -> list[str]:
        """The steps that send telegrams."""
        return [step for step in self.steps if step in self.sent_as]

    @property
    def amendable(self) -> list[str]:
        """The steps at which the 届出 may be amended."""
        return [step for step in self.steps if self.kind.may_amend(step)]

    @property
    def amendable_in_time(self) -> list[str]:
        """Those of them that are reached by a case that is withdrawn in the end."""
        return [step for step in self.reached if self.kind.may_amend(step)]

    @property
    def by_hand(self) -> list[str]:
        """The steps staff may do by hand."""
        return [step for step in self.steps if card_of(step).by_hand is not ByHand.NO]

    @property
    def by_hand_in_time(self) -> list[str]:
        """Those of them that are reached by a case that is withdrawn in the end."""
        return [step for step in self.by_hand if step in self.reached]

    @property
    def by_hand_and_back(self) -> list[str]:
        """Those of them that have an undo, and are reached in time."""
        undone = {card_of(undo).undoes for undo in self.undos}
        return [step for step in self.by_hand if step in undone]

    def after(self, step: str) -> str | None:
        """The next step, if there is one."""
        return next(iter(self.steps[self.steps.index(step) + 1 :]), None)


async def recorded(trial: Trial) -> dict[str, int | None]:
    """The steps in the order they were settled; of those that sent, the version they told."""
    async with trial.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT l.step, (SELECT min(generation) FROM telegram t WHERE t.case_id = l.case_id"
            " AND t.step = l.step AND t.subject = l.subject) AS version FROM step_ledger l"
            " WHERE l.case_id = $1 AND l.subject = ANY($2) ORDER BY l.settled_at",
            trial.case.ref.case_id,
            [0, trial.kind.victim],
        )
    return {row["step"]: row["version"] for row in rows}


async def effects(town: Town, cases: Collection[Case]) -> dict[UUID, Counter[str]]:
    """How often each kind of message of each case had its effect, and what the feed told.

    The systems are asked once for all of them.
    """
    owners: dict[str, UUID] = {}
    taken: dict[UUID, Counter[str]] = {case.ref.case_id: Counter() for case in cases}
    async with town.transaction() as tx:
        for row in await tx.fetch(_SENT, list(taken)):
            owners[str(row["telegram_id"])] = row["case_id"]
        for row in await tx.fetch(_TOLD, list(taken)):
            taken[row["case_id"]][row["kind"]] += 1
    for system in ("jlis", "unified_addressee", "mynaportal"):
        for message in (await town.ledger(system))["messages"]:
            if message["id"] in owners and message["status"] == 200:
                taken[owners[message["id"]]][message["kind"]] += 1
    return taken


_SENT = "SELECT case_id, telegram_id FROM telegram WHERE case_id = ANY($1)"
_TOLD = "SELECT case_id, kind FROM feed_event WHERE case_id = ANY($1)"
