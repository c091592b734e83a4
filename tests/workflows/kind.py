"""What a kind of case is to the stories: how it begins, and what becomes of its people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from activities.step import card_of
from api.manual import amendable
from domain.cases import Verb
from tests.numbers import my_number
from workflows.rehearsal import rehearse

if TYPE_CHECKING:
    from domain.cases import CaseRef
    from tests.workflows.household import Household
    from tests.workflows.stage import Stage
    from tests.workflows.trial import Trial
    from workflows.conduct import Conduct
from workflows.rehearsal import Line

_NUMBERS_BY_HAND = 70_000_000
AMENDED: dict[str, Any] = {
    "name": "田中　葵",
    "relationship": "養子",
    "address": {
        "postal_code": "1020072",
        "line": "東京都千代田区飯田橋一丁目9番9号",
        "building": "",
    },
}


class Begun(NamedTuple):
    """A case just accepted, and whom it is about, where they have lived somewhere before."""

    case: CaseRef
    family: Household | None = None


@dataclass(frozen=True)
class Kind:
    """A procedure to try, with people of whom the second (or only one) meets the trouble."""

    name: str
    procedure: str
    told: type[Conduct]
    victim: int = 2
    before: tuple[object, ...] = (0,)
    """What `stands` may say of a case that is withdrawn."""
    after: tuple[object, ...] = (2,)
    """What `stands` may say of a case that is completed."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the procedure and their undos."""
        return rehearse(self.told)

    async def begin(self, stage: Stage) -> Begun:
        """Accept one case."""
        raise NotImplementedError

    async def happens(self, trial: Trial) -> None:
        """Play what comes from outside while the case runs."""

    async def stands(self, trial: Trial) -> object:
        """What has become of the people: how many of the case are residents."""
        return await trial.people("resident_today", "presence = '現存'")

    async def last_moment(self, trial: Trial) -> None:
        """Bring a case that may not be withdrawn at its end to where it still may."""
        await trial.comes_to_rest()

    def number_by_hand(self, trial: Trial) -> str:
        """The 個人番号 that staff learn of outside this system: one nobody has."""
        return my_number(_NUMBERS_BY_HAND + int(trial.case.ref.case_number[-6:]))

    def may_amend(self, step: str) -> bool:
        """Whether staff are offered to amend when this step is refused."""
        return Verb.AMEND in card_of(step).verbs and bool(amendable(self.procedure))

    async def amend(self, trial: Trial) -> bool:
        """Have the 届出 of the victim amended; whether the office lets it."""
        return await trial.decides(Verb.AMEND, amendment=AMENDED)

    async def amended(self, trial: Trial) -> bool:
        """Whether the register follows the amended 届出."""
        return await trial.people("resident_present", f"entry ->> 'name' = '{AMENDED['name']}'") > 0
