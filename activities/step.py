"""What a step is: an activity with one Japanese name, and what staff may do about it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from temporalio import activity

from domain.cases import Verb

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.telegrams import Peer

Method = TypeVar("Method", bound="Callable[..., Any]")


AWAIT_APPROVAL = "決裁を待つ"
"""The step in front of whatever enters something, where the municipality asks for it."""


class ByHand(Enum):
    """Whether staff may confirm a step as done outside this system."""

    NO = "no"
    WITH_EVIDENCE = "evidence"
    WITH_NUMBER = "number"
    """Evidence, and the 個人番号 the step would have brought."""


class StepCard(NamedTuple):
    """All that is known of a step before it runs."""

    name: str
    peer: Peer | None = None
    undoes: str | None = None
    follows_amendments: bool = False
    by_hand: ByHand = ByHand.NO
    amendable: bool = True
    announces: bool = False
    whole_case: bool = False
    enters: bool = False
    repeats: str | None = None

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """What staff may decide when this step is refused."""
        by_hand = () if self.by_hand is ByHand.NO else (Verb.DONE_BY_HAND,)
        if self.undoes is not None:
            return (Verb.RETRY, *by_hand)
        amend = (Verb.AMEND,) if self.amendable else ()
        return (Verb.RETRY, *amend, *by_hand, Verb.WITHDRAW)


CARDS: dict[str, StepCard] = {}


def step(  # noqa: PLR0913 - traits of a step, each by name and each with a usual value
    name: str,
    *,
    peer: Peer | None = None,
    follows_amendments: bool = False,
    by_hand: ByHand = ByHand.NO,
    amendable: bool = True,
    announces: bool = False,
    whole_case: bool = False,
    enters: bool = False,
    repeats: Callable[..., Any] | None = None,
) -> Callable[[Method], Method]:
    """Declare a step under the name operators read, permanent once landed.

    ``follows_amendments`` marks a step that told somebody what an amendment may change;
    ``amendable`` is false where the case has no 届出 to correct; ``announces`` marks the step that
    tells 住基ネット of the history's rows, and so holds the lane; ``whole_case`` one that is done
    once for all persons of the case; ``enters`` one that writes the register (本登録), and stands
    behind 審査・決裁; ``repeats`` names the step whose work a repair does again.
    """
    return _declared(
        StepCard(
            name,
            peer,
            follows_amendments=follows_amendments,
            by_hand=by_hand,
            amendable=amendable,
            announces=announces,
            whole_case=whole_case,
            enters=enters,
            repeats=None if repeats is None else card_of(repeats).name,
        )
    )


def undo(
    done: Callable[..., Any], name: str, *, by_hand: ByHand = ByHand.NO
) -> Callable[[Method], Method]:
    """Declare the step that takes ``done`` back; it speaks to the same peer."""
    card = card_of(done)
    return _declared(
        StepCard(name, card.peer, card.name, by_hand=by_hand, whole_case=card.whole_case)
    )


def card_of(method: Callable[..., Any] | str) -> StepCard:
    """The card of a step, by its method or by its name; raises KeyError for anything else."""
    return CARDS[method if isinstance(method, str) else method.__step__]  # type: ignore[attr-defined]


def following_amendments() -> list[str]:
    """Names of the steps that look again after an amendment."""
    return [card.name for card in CARDS.values() if card.follows_amendments]


def announcing() -> list[str]:
    """Names of the steps that tell 住基ネット what the history says."""
    return [card.name for card in CARDS.values() if card.announces]


def undoes() -> dict[str, str]:
    """Undo step to the step it takes back."""
    return {card.name: card.undoes for card in CARDS.values() if card.undoes is not None}


def _declared(card: StepCard) -> Callable[[Method], Method]:
    def declare(method: Method) -> Method:
        CARDS[card.name] = card
        method.__step__ = card.name  # type: ignore[attr-defined]
        return activity.defn(name=card.name)(method)

    return declare
