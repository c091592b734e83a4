"""What is filled in when people move in: at a visit with a card, or with a paper 転出証明書."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from api.bodies import Form
from api.forms import (
    AddressForm,
    CodeAsRead,
    Day,
    DayOrWords,
    Kana,
    MunicipalityAsRead,
    Name,
    NumberAsRead,
    Reference,
    Relationship,
    SexAsSaid,
)
from domain.arrivals import CardCheck, Comer, Newborn, Newcomer, Origin, PinResult, Visitor
from domain.characters import check_address, check_name
from domain.residents import Address

RelationshipOrHead = Annotated[
    str,
    Field(max_length=20, description="世帯主との続柄（世帯主を含む）"),
    AfterValidator(check_name),
]
_Domicile = Annotated[str, AfterValidator(check_address), Field(description="本籍")]


class NewbornForm(Form):
    """転出してから転入するまでに生まれた子。事由は転入、コードはここで割り当てる。"""

    name: Name = ""
    name_kana: Kana = ""
    sex: SexAsSaid
    born_on: DayOrWords
    relationship: Relationship = "子"

    def newborn(self) -> Newborn:
        """The child as the visit keeps it."""
        return Newborn.model_validate(dict(self))


class ComerForm(Form):
    """転出証明書情報にある人のうち、転入する人。届いた内容と違う項目だけを書く。"""

    code: CodeAsRead
    relationship: RelationshipOrHead | None = None
    name: Name | None = None
    name_kana: Kana | None = None
    same_as: UUID | None = Field(default=None, description="再転入の人である住民の識別子")

    def comer(self) -> Comer:
        """The person as the visit keeps them."""
        return Comer.model_validate(dict(self))


class HomeForm(Form):
    """転入した日と、住む世帯。"""

    moved_in_on: Day = Field(description="転入した日（今日以前）")
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    household_id: UUID | None = Field(
        default=None, description="入る世帯。書かなければ新しい世帯を設ける"
    )
    address: AddressForm | None = Field(default=None, description="新しい世帯の住所")
    reference: Reference = ""

    def home(self) -> Address:
        """The address of a household of their own."""
        return self.address.address() if self.address else Address()


class VisitForm(HomeForm):
    """来庁（最初の転入届、住民基本台帳法24条の2）。暗証番号そのものは受け取らない。"""

    code: CodeAsRead = Field(description="提示されたカードの住民票コード")
    visitor: Visitor = Field(description="来庁した人")
    card: CardCheck = Field(description="カードの確認")
    pin: PinResult = Field(description="住基用暗証番号の照合の結果")
    persons: list[ComerForm] = Field(
        default_factory=list[ComerForm],
        max_length=20,
        description="転入する人。書かなければ転出証明書情報の全員",
    )
    newborns: list[NewbornForm] = Field(default_factory=list[NewbornForm], max_length=5)


class NewcomerForm(Form):
    """転入する人。番号は転出証明書のとおり（国外からの人は分かるときだけ）。"""

    code: CodeAsRead | None = None
    number: NumberAsRead | None = None
    name: Name
    name_kana: Kana = ""
    former_name: Name = ""
    former_name_kana: Kana = ""
    alias: Name = ""
    alias_kana: Kana = ""
    sex: SexAsSaid
    born_on: DayOrWords
    relationship: RelationshipOrHead
    domicile: _Domicile = ""
    head_of_family_register: Name = ""
    former_address: AddressForm | None = Field(default=None, description="転入前の住所")
    same_as: UUID | None = Field(default=None, description="再転入の人である住民の識別子")

    def newcomer(self) -> Newcomer:
        """The person as the 届出 keeps them: without the 個人番号."""
        said = {field: part for field, part in dict(self).items() if field != "number"}
        former = self.former_address.address() if self.former_address else None
        return Newcomer.model_validate(said | {"former_address": former})


class MoveInForm(HomeForm):
    """転入届（住民基本台帳法22条）: 紙の転出証明書、国外転入、未届転入。"""

    source: Origin = Field(default=Origin.MUNICIPALITY, description="転出地、国外、未届")
    origin: MunicipalityAsRead | None = Field(
        default=None, description="転出地（最終住民登録地）。国外からなら書かない"
    )
    unreported_in: MunicipalityAsRead | None = Field(default=None, description="未届地")
    persons: list[NewcomerForm] = Field(min_length=1, max_length=20)
