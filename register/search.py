"""Finding people and households (検索機能, 住民記録システム標準仕様書 2.1).

Names are found by their tokens, with equality and range only: other operators are not leakproof,
and a row-level policy would turn them into a full scan.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Self
from uuid import UUID

from pydantic import Field, model_validator

from domain.folding import fold_name, search_tokens, token_range
from domain.numbers import AddresseeNumber, HouseholdNumber, MyNumber, ResidentCode
from domain.payload import Payload
from domain.residents import Address, Entry, Presence
from register import audit
from register.households import HouseholdView, MemberView, member_view, views
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from domain.acting import Acting
    from register.transactions import Row, Tx
    from register.vault import Vault

PAGE = 50


class SearchCriteria(Payload):
    """検索条件: whatever is given must all hold for one and the same person."""

    name: str | None = Field(
        default=None,
        max_length=100,
        description="氏名・旧氏・通称の一部（異体字・空白の違いは問わない）",
        examples=["髙橋"],
    )
    name_kana: str | None = Field(
        default=None,
        max_length=100,
        description="フリガナの一部（清濁・長音・小書きの違いは問わない）",
        examples=["タカハシ"],
    )
    born_on: date | None = Field(default=None, description="生年月日（西暦 YYYY-MM-DD）")
    address: str | None = Field(
        default=None,
        max_length=200,
        description="住所の先頭（都道府県・市区町村からでも、町字からでもよい）",
        examples=["飯田橋"],
    )
    household_number: HouseholdNumber | None = Field(default=None, description="世帯番号")
    addressee_number: AddresseeNumber | None = Field(default=None, description="宛名番号")
    code: ResidentCode | None = Field(default=None, description="住民票コード（完全一致）")
    my_number: MyNumber | None = Field(
        default=None, description="個人番号（完全一致。検索した事実を記録する）"
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.given:
            raise ValueError("NO_CRITERIA")
        return self

    @property
    def given(self) -> list[str]:
        """The names of the criteria that were given."""
        return [field for field in type(self).model_fields if getattr(self, field)]


class ResidentView(MemberView):
    """住民一人: a member of a household, and where that household is."""

    household_id: UUID = Field(description="属する（除票のときは最後に属した）世帯の識別子")
    household_number: HouseholdNumber = Field(description="世帯番号")
    address: Address = Field(description="住所（郵便番号、住所、方書）")
    presence: Presence = Field(description="住民状態（現存・除票）")


class ResidentPage(Payload):
    """検索結果の一頁（住民）."""

    residents: tuple[ResidentView, ...] = Field(description="フリガナ順")
    next_cursor: UUID | None = Field(description="続きを求めるときに渡す値（最後の頁では null）")


class HouseholdPage(Payload):
    """検索結果の一頁（世帯）."""

    households: tuple[HouseholdView, ...] = Field(description="世帯主のフリガナ順")
    next_cursor: UUID | None = Field(description="続きを求めるときに渡す値（最後の頁では null）")


async def residents(
    tx: Tx,
    acting: Acting,
    criteria: SearchCriteria,
    *,
    vault: Vault,
    after: UUID | None = None,
    limit: int = PAGE,
) -> ResidentPage:
    """People who match, 除票 too, by フリガナ; ``after`` is the cursor of the page before."""
    where = await _matching(tx, acting.municipality, criteria, vault)
    rows = await where.fetch(tx, _RESIDENTS, after, limit + 1)
    await audit.record(tx, acting, "search_residents", detail={"criteria": criteria.given})
    found = tuple(_resident(row) for row in rows[:limit])
    more = len(rows) > limit
    return ResidentPage(residents=found, next_cursor=found[-1].resident_id if more else None)


async def households(
    tx: Tx,
    acting: Acting,
    criteria: SearchCriteria,
    *,
    vault: Vault,
    after: UUID | None = None,
    limit: int = PAGE,
) -> HouseholdPage:
    """Households in which a present resident matches, by their head's フリガナ."""
    where = await _matching(tx, acting.municipality, criteria, vault)
    rows = await where.fetch(tx, _HOUSEHOLDS, after, limit + 1)
    await audit.record(tx, acting, "search_households", detail={"criteria": criteria.given})
    found: list[UUID] = [row["household_id"] for row in rows[:limit]]
    more = len(rows) > limit
    return HouseholdPage(
        households=tuple(await views(tx, found)),
        next_cursor=found[-1] if more else None,
    )


def tokens_for(entry: Entry) -> set[str]:
    """What a person is found by: parts of their names, their birthday, their address.

    A change of this, or of ``domain.folding``, needs every person to be indexed anew.
    """
    names = (entry.name, entry.former_name, entry.alias)
    kana = (entry.name_kana, entry.former_name_kana, entry.alias_kana)
    return {
        *(_NAME + token for name in names for token in search_tokens(name)),
        *(_KANA + token for name in kana for token in search_tokens(name)),
        *(_ADDRESS + token for token in _address_tokens(entry.address.line)),
        _BORN + entry.born_on.day.isoformat(),
    }


async def index(tx: Tx, municipality: str, resident_id: UUID, entry: Entry) -> None:
    """Bring a person's tokens up to their present entry.

    Tokens are stored by token, not by person, so those to remove are told from the history.
    """
    tokens = tokens_for(entry)
    before = await tx.fetch(
        "SELECT entry::text AS entry FROM resident_history"
        " WHERE municipality = $1 AND resident_id = $2 ORDER BY history_no DESC LIMIT 2",
        municipality,
        resident_id,
    )
    stored = {token for row in before for token in tokens_for(_entry(row))}
    await tx.execute(
        "DELETE FROM search_token"
        " WHERE municipality = $1 AND token = ANY($2::text[]) AND resident_id = $3",
        municipality,
        sorted(stored - tokens),
        resident_id,
    )
    await tx.execute(
        "INSERT INTO search_token (municipality, token, resident_id)"
        " SELECT $1, token, $3 FROM unnest($2::text[]) AS token ON CONFLICT DO NOTHING",
        municipality,
        sorted(tokens),
        resident_id,
    )


async def born_on(tx: Tx, municipality: str, day: date) -> dict[UUID, Entry]:
    """Everybody of this day of birth who is or was a resident, with their latest entry."""
    rows = await tx.fetch(
        "SELECT p.resident_id, p.entry::text AS entry FROM search_token t"
        " JOIN resident_present p USING (municipality, resident_id)"
        " WHERE t.municipality = $1 AND t.token = $2",
        municipality,
        _BORN + day.isoformat(),
    )
    return {row["resident_id"]: _entry(row) for row in rows}


_NAME, _KANA, _ADDRESS, _BORN = "n:", "k:", "a:", "b:"
_ADDRESS_TOKEN = 60
_NAMED_PART = re.compile("[都道府県市区郡町村]")

_RESIDENTS = """
    SELECT p.resident_id, r.addressee_number, p.code, p.presence, p.entry::text AS entry,
           p.household_id, h.household_number
    FROM resident_today p
    JOIN resident r USING (municipality, resident_id)
    JOIN household h USING (municipality, household_id)
    WHERE {conditions}
      AND ({after}::uuid IS NULL OR (p.entry ->> 'name_kana', p.resident_id) > (
        SELECT c.entry ->> 'name_kana', c.resident_id FROM resident_today c
        WHERE c.municipality = {municipality} AND c.resident_id = {after}))
    ORDER BY p.entry ->> 'name_kana', p.resident_id
    LIMIT {limit}"""
_HOUSEHOLDS = """
    WITH found AS (
        SELECT h.household_id, (
            SELECT coalesce(min(m.entry ->> 'name_kana'), '') FROM resident_today m
            WHERE m.municipality = h.municipality AND m.household_id = h.household_id
              AND m.presence = '現存' AND m.entry ->> 'relationship' = '世帯主') AS kana
        FROM household h
        WHERE h.municipality = {municipality} AND h.household_id IN (
            SELECT p.household_id FROM resident_today p
            WHERE p.presence = '現存' AND {conditions}
            UNION ALL SELECT {after}::uuid))
    SELECT household_id FROM found
    WHERE {after}::uuid IS NULL OR (kana, household_id) > (
        SELECT kana, household_id FROM found WHERE household_id = {after})
    ORDER BY kana, household_id
    LIMIT {limit}"""
_IS_CALLED = (
    "EXISTS (SELECT FROM search_token t WHERE t.municipality = p.municipality"
    " AND t.resident_id = p.resident_id AND t.token >= {} AND t.token < {})"
)
_IS_BORN = (
    "EXISTS (SELECT FROM search_token t WHERE t.municipality = p.municipality"
    " AND t.resident_id = p.resident_id AND t.token = {})"
)
_OF_HOUSEHOLD = (
    "p.household_id IN (SELECT household_id FROM household"
    " WHERE municipality = p.municipality AND household_number = {})"
)
_OF_ADDRESSEE = (
    "p.resident_id IN (SELECT resident_id FROM resident"
    " WHERE municipality = p.municipality AND addressee_number = {})"
)


class _Where:
    """Conditions on a person ``p``, each with its arguments; nothing typed becomes SQL text."""

    def __init__(self, municipality: str) -> None:
        self._arguments: list[object] = [municipality]
        self._conditions = ["p.municipality = $1"]

    def demand(self, condition: str, *values: object) -> None:
        self._conditions.append(condition.format(*map(self._place, values)))

    async def fetch(self, tx: Tx, query: str, after: UUID | None, limit: int) -> list[Row]:
        text = query.format(
            conditions=" AND ".join(self._conditions),
            municipality="$1",
            after=self._place(after),
            limit=self._place(limit),
        )
        return await tx.fetch(text, *self._arguments)

    def _place(self, value: object) -> str:
        self._arguments.append(value)
        return f"${len(self._arguments)}"


async def _matching(tx: Tx, municipality: str, criteria: SearchCriteria, vault: Vault) -> _Where:
    where = _Where(municipality)
    for kind, part in (
        (_NAME, criteria.name),
        (_KANA, criteria.name_kana),
        (_ADDRESS, criteria.address),
    ):
        if part:
            where.demand(_IS_CALLED, *(kind + bound for bound in token_range(part)))
    if criteria.born_on:
        where.demand(_IS_BORN, _BORN + criteria.born_on.isoformat())
    for condition, number in (
        (_OF_HOUSEHOLD, criteria.household_number),
        (_OF_ADDRESSEE, criteria.addressee_number),
        ("p.code = {}", criteria.code),
    ):
        if number:
            where.demand(condition, str(number))
    if criteria.my_number:
        holder = await vault.find(tx, municipality, MY_NUMBER, criteria.my_number)
        where.demand("p.resident_id = {}", holder)
    return where


def _address_tokens(line: str) -> set[str]:
    """An address from its start, and from after each name of a prefecture, city or town."""
    starts = (0, *(part.end() for part in _NAMED_PART.finditer(line)))
    return {fold_name(line[start:])[:_ADDRESS_TOKEN] for start in starts} - {""}


def _resident(row: Row) -> ResidentView:
    member = member_view(row)
    return ResidentView(
        **dict(member),
        household_id=row["household_id"],
        household_number=row["household_number"],
        address=_entry(row).address,
        presence=row["presence"],
    )


def _entry(row: Row) -> Entry:
    return Entry.model_validate_json(row["entry"])
