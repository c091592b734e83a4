"""Everybody once: who is 現存 in exactly one of several municipalities, and who is on the way."""

from __future__ import annotations

from collections import Counter, defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from domain.residents import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from local.scenario.person import Person


class Where(StrEnum):
    """Where somebody is, seen from all registers together; all but the first are listed."""

    HERE = "現存"
    """In exactly one, and nothing is under way."""
    TO_LEAVE = "転出予定"
    LEFT = "転出済み・転入前"
    """除票 by a 転出 into one of the municipalities or elsewhere, and nobody has told of a 転入."""
    FOLLOWED = "転入済み・転出確定前"
    """現存 where they moved in, while the former municipality is yet to be told, or to confirm."""
    ELSEWHERE = "他の市区町村へ転出"
    """Confirmed by a 転入通知 of a municipality that is not among these."""
    ABROAD = "国外転出"
    DEAD = "死亡"
    STRUCK = "職権消除"


class Whereabouts(NamedTuple):
    """How many people are where, and everybody of whom the registers tell no one story."""

    counts: Counter[Where]
    differences: list[str]

    @property
    def listed(self) -> list[str]:
        """The transitions, each with its count."""
        return [f"{where} {self.counts[where]} 人" for where in Where if self._is_listed(where)]

    def _is_listed(self, where: Where) -> bool:
        return where is not Where.HERE and self.counts[where] > 0


def everybody_once(towns: Mapping[str, Sequence[Person]]) -> Whereabouts:
    """Whether everybody is 現存 in exactly one of these municipalities, or in a named transition.

    ``towns`` has the people of each by its code, 除票 too.  Somebody is known again by their
    個人番号, or by their 住民票コード where they have none yet; whoever was never validly entered
    anywhere (a birth that was withdrawn) does not count.
    """
    counts: Counter[Where] = Counter()
    differences: list[str] = []
    for records in _grouped(person for people in towns.values() for person in people):
        if all(one.never for one in records):
            continue
        found = _where(records, towns.keys())
        if isinstance(found, Where):
            counts[found] += 1
        else:
            differences.append(found)
    return Whereabouts(counts, differences)


def _grouped(people: Iterable[Person]) -> Iterator[list[Person]]:
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        groups[person.number or person.code or str(person.resident_id)].append(person)
    yield from groups.values()


def _where(records: Sequence[Person], towns: Collection[str]) -> Where | str:
    """Where somebody is, or in words why nobody can say."""
    present = [one for one in records if one.present]
    if not present:
        return _gone(records, towns)
    if len(present) > 1 and not _is_between(present):
        return f"{_named(present)}: 現存 in {len(present)} municipalities"
    if len(present) > 1 or any(one.is_awaited for one in records if not one.present):
        return Where.FOLLOWED
    return Where.TO_LEAVE if present[0].leaving else Where.HERE


def _is_between(present: Sequence[Person]) -> bool:
    """Whether all but one are about to hear that they moved, or to be told by a 転入 under way."""
    staying = [one for one in present if not one.is_awaited]
    return len(staying) <= 1 or any(one.notifies for one in staying)


def _gone(records: Sequence[Person], towns: Collection[str]) -> Where | str:
    """What the newest word says of somebody who is 現存 nowhere."""
    told = [(one.since, where) for one in records if (where := _word(one, towns)) is not None]
    if not told:
        return f"{_named(records)}: 現存 nowhere"
    return max(told, key=lambda each: each[0])[1]


def _word(person: Person, towns: Collection[str]) -> Where | None:
    """Why a municipality counts somebody as 除票; ``None`` where it knows only where they went."""
    entry = person.entry
    if person.never:
        return None
    if entry.left is not None:
        return None if entry.left.municipality in towns else Where.ELSEWHERE
    if entry.leaving is not None:
        return Where.ABROAD if entry.leaving.destination.abroad else Where.LEFT
    return Where.DEAD if person.reason == Reason.DEATH else Where.STRUCK


def _named(records: Sequence[Person]) -> str:
    return " = ".join(f"{one.municipality} {one.name}" for one in records)
