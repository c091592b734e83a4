"""届出: what was reported, as the case keeps it; persons of a case are numbered from 1."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from domain.dates import RegisterDate
from domain.payload import Payload
from domain.residents import Address, Entry, Sex


class Child(Payload):
    """The child of a 出生届.

    A blank ``name`` is legal: 氏名 may be undecided.  Without an ``address`` the child lives where
    the household does.
    """

    AMENDABLE: ClassVar[frozenset[str]] = frozenset(
        {"name", "name_kana", "sex", "born_on", "relationship", "address"}
    )

    name: str = ""
    name_kana: str = ""
    sex: Sex = Sex.BLANK
    born_on: RegisterDate
    relationship: str = "子"
    address: Address | None = None


class BirthNotification(Payload):
    """出生届 (戸籍法49条; 住民基本台帳法8条).

    ``not_the_same_as`` names the case this child could be mistaken for (twins), with the reason.
    """

    household_id: UUID
    notified_on: date
    children: tuple[Child, ...]
    not_the_same_as: tuple[str, ...] = ()
    not_the_same_reason: str = ""

    def child(self, subject: int) -> Child:
        """The child who is person ``subject`` of the case."""
        return self.children[subject - 1]

    def amended(self, subject: int, changes: dict[str, Any]) -> BirthNotification:
        """The same 届出 with these fields of one child replaced; raises what validation raises."""
        child = Child.model_validate({**self.child(subject).model_dump(), **changes})
        before, after = self.children[: subject - 1], self.children[subject:]
        return self.model_copy(update={"children": (*before, child, *after)})


def newborn_entry(child: Child, head: Entry, household: Address) -> Entry:
    """住民票の記載事項 of a newborn: 本籍 and 筆頭者 as the head's, resident since birth."""
    return Entry(
        name=child.name,
        name_kana=child.name_kana,
        sex=child.sex,
        born_on=child.born_on,
        household_id=head.household_id,
        relationship=child.relationship,
        address=child.address or household,
        domicile=head.domicile,
        head_of_family_register=head.head_of_family_register,
        resident_since=child.born_on,
        address_since=child.born_on,
    )
