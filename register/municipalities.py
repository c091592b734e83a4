"""The municipalities one installation serves, and what each of them has settled for itself."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, ValidationError, field_validator

from domain.cases import Procedure
from domain.errors import Refused
from domain.numbers import MunicipalityCode
from domain.opening_hours import OpeningCalendar
from domain.payload import Payload

if TYPE_CHECKING:
    from register.transactions import Row, Tx

_SELECT = (
    "SELECT municipality, name, opening::text AS opening, low_water, target_stock,"
    " parameters::text AS parameters FROM municipality"
)


def _listed(said: object) -> object:
    """Several values written as one text, as a command line has them: separated by commas."""
    if not isinstance(said, str):
        return said
    return tuple(part.strip() for part in said.replace("、", ",").split(",") if part.strip())


class Parameters(Payload):
    """What a municipality decides for itself; a parameter nobody has set has its default."""

    second_person_for_by_hand: bool = False
    """手作業による完了に二人目の職員の確認を求める."""
    visit_place: str = "住民窓口"
    """来庁予定に答える来庁場所（窓口の指定がないとき）."""
    visit_documents: Annotated[tuple[str, ...], BeforeValidator(_listed)] = (
        "マイナンバーカード（異動する全員の分）",
        "届出に来る人の本人確認書類",
    )
    """来庁予定に答える持ち物."""

    approval: Annotated[tuple[Procedure, ...], BeforeValidator(_listed)] = ()
    """本登録の前に決裁（二人目の職員の承認）を要する手続."""
    move_in_notice_limit: timedelta = timedelta(days=60)
    """転出予定日からこの期間に転入通知が届かなければ、未着照会の対象とする."""
    linkage_patience: timedelta = timedelta(hours=24)
    """住基ネットが受け付けてからこの期間に機関別符号が届かなければ、新しい処理通番で求め直す."""
    reconcile_at: time | None = None
    """突合を毎日始める時刻（日本時間）。設定しなければ自動では始めない."""
    reconciliation_page: int = Field(default=500, ge=1, le=500)
    """突合の一頁の人数."""
    gate_failures: int = Field(default=5, ge=1, le=1000)
    """相手がこの回数続けて応答しなければ、その相手への送信を自動で止める."""
    gate_within: timedelta = timedelta(seconds=60)
    """その回数を数える期間."""
    gate_budget: int = Field(default=5, ge=1, le=1000)
    """送信を再開してから、待っていた案件を一秒に何件まで通すか."""
    gate_probe_first: timedelta = timedelta(seconds=5)
    """自動で止めてから、一件を試しに通すまでの時間。応答がなければ倍にしていく."""
    gate_probe_most: timedelta = timedelta(minutes=1)
    """試す間隔の上限."""
    serials_at: time | None = None
    """証明書の異動を毎日取り込み始める時刻（日本時間）。設定しなければ自動では始めない."""
    bulk_alone_up_to: int = Field(default=50, ge=0)
    """一括処理がこの件数を超えたら、作った人とは別の責任者の確認を求める."""
    bulk_per_minute: int = Field(default=60, ge=1, le=60_000)
    """一括処理が一分間に判断する件数."""

    @field_validator("reconcile_at", "serials_at", mode="before")
    @classmethod
    def _blank_is_never(cls, value: object) -> object:
        return None if value == "" else value


class Municipality(Payload):
    """A municipality as this installation serves it.

    ``low_water`` is the stock of unused 住民票コード below which more are ordered, ``target_stock``
    what an order fills it up to.
    """

    code: MunicipalityCode
    name: str = Field(min_length=1, max_length=100)
    opening: OpeningCalendar = OpeningCalendar()
    low_water: int = Field(default=100, ge=0)
    target_stock: int = Field(default=1000, ge=1)
    parameters: Parameters = Parameters()


async def add(owner: Tx, municipality: Municipality) -> None:
    """Open a municipality, as the owner of the database.

    Raises `Refused`: ``MUNICIPALITY_EXISTS``, and nothing is changed; ``STOCK_LEVELS`` unless the
    target stock is above the low-water mark.
    """
    _check_levels(municipality)
    added = await owner.fetchval(
        "INSERT INTO municipality"
        " (municipality, name, opening, low_water, target_stock, parameters)"
        " VALUES ($1, $2, $3::text::jsonb, $4, $5, $6::text::jsonb)"
        " ON CONFLICT DO NOTHING RETURNING municipality",
        *_values(municipality),
    )
    if added is None:
        raise Refused("MUNICIPALITY_EXISTS")


async def change(owner: Tx, municipality: Municipality) -> None:
    """Settle everything about a municipality anew, as the owner of the database.

    Raises `Refused`: ``MUNICIPALITY_UNKNOWN``, or ``STOCK_LEVELS`` as `add` does.
    """
    _check_levels(municipality)
    changed = await owner.fetchval(
        "UPDATE municipality SET name = $2, opening = $3::text::jsonb, low_water = $4,"
        " target_stock = $5, parameters = $6::text::jsonb"
        " WHERE municipality = $1 RETURNING municipality",
        *_values(municipality),
    )
    if changed is None:
        raise Refused("MUNICIPALITY_UNKNOWN")


async def set_parameters(owner: Tx, code: MunicipalityCode, settled: dict[str, object]) -> None:
    """Set some parameters of a municipality; the others stay as they are.

    Raises `Refused`: ``MUNICIPALITY_UNKNOWN``, ``PARAMETER_UNKNOWN``, ``PARAMETER_VALUE``.
    """
    if settled.keys() - Parameters.model_fields.keys():
        raise Refused("PARAMETER_UNKNOWN")
    standing = await get(owner, code)
    if standing is None:
        raise Refused("MUNICIPALITY_UNKNOWN")
    try:
        parameters = Parameters.model_validate(standing.parameters.model_dump() | settled)
    except ValidationError:
        raise Refused("PARAMETER_VALUE") from None
    await change(owner, standing.model_copy(update={"parameters": parameters}))


async def every(owner: Tx) -> list[Municipality]:
    """All municipalities of the installation, by code; only its owner may ask."""
    rows = await owner.fetch(f"{_SELECT} ORDER BY municipality")
    return [_municipality(row) for row in rows]


async def get(owner: Tx, code: MunicipalityCode) -> Municipality | None:
    """One municipality, asked as the owner of the database."""
    row = await owner.fetchrow(f"{_SELECT} WHERE municipality = $1", str(code))
    return _municipality(row) if row else None


async def load(tx: Tx) -> Municipality:
    """The municipality this transaction works for; `Refused` (``MUNICIPALITY_UNKNOWN``) if none."""
    row = await tx.fetchrow(f"{_SELECT} WHERE municipality = tenant()")
    if row is None:
        raise Refused("MUNICIPALITY_UNKNOWN")
    return _municipality(row)


def _check_levels(municipality: Municipality) -> None:
    if municipality.target_stock <= municipality.low_water:
        raise Refused("STOCK_LEVELS")


def _values(municipality: Municipality) -> tuple[str, str, str, int, int, str]:
    return (
        str(municipality.code),
        municipality.name,
        municipality.opening.model_dump_json(),
        municipality.low_water,
        municipality.target_stock,
        municipality.parameters.model_dump_json(),
    )


def _municipality(row: Row) -> Municipality:
    return Municipality(
        code=row["municipality"],
        name=row["name"],
        opening=OpeningCalendar.model_validate_json(row["opening"]),
        low_water=row["low_water"],
        target_stock=row["target_stock"],
        parameters=Parameters.model_validate_json(row["parameters"]),
    )
