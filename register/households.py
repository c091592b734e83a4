"""Households (世帯): locking them, showing them, and the numbers given in sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import Field

from domain.numbers import AddresseeNumber, HouseholdNumber
from domain.payload import Payload
from domain.residents import HEAD, Address, Entry, Presence, Sex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from register.transactions import Row, Tx


class MemberView(Payload):
    """世帯員一人: enough for a clerk to tell the members of a household apart."""

    resident_id: UUID = Field(description="住民の識別子（画面やURLで使う不透明なID）")
    addressee_number: AddresseeNumber = Field(description="宛名番号")
    name: str = Field(description="氏名（字形のまま。未定の新生児は空）")
    name_kana: str = Field(description="氏名のフリガナ")
    former_name: str = Field(description="旧氏")
    former_name_kana: str = Field(description="旧氏のフリガナ")
    alias: str = Field(description="通称")
    alias_kana: str = Field(description="通称のフリガナ")
    sex: Sex = Field(description="性別")
    born_on: str = Field(description="生年月日（和暦、又は不詳の表記）")
    relationship: str = Field(description="世帯主との続柄")
    code_masked: str = Field(description="住民票コード（下4桁のほかは伏せる。なければ空）")


class HouseholdView(Payload):
    """世帯: its number, its address, and the people who are residents of it today."""

    household_id: UUID = Field(description="世帯の識別子（出生届などで世帯を指すID）")
    household_number: HouseholdNumber = Field(description="世帯番号")
    address: Address = Field(description="住所（郵便番号、住所、方書）")
    head: MemberView | None = Field(description="世帯主（不在のときは null）")
    members: tuple[MemberView, ...] = Field(description="現存する世帯員（世帯主が先頭）")


async def lock(tx: Tx, household_ids: Iterable[UUID]) -> set[UUID]:
    """Lock households in id order until the transaction ends; those that exist are returned."""
    rows = await tx.fetch(
        "SELECT household_id FROM household"
        " WHERE household_id = ANY($1::uuid[])"
        " ORDER BY household_id FOR UPDATE",
        list(household_ids),
    )
    return {row["household_id"] for row in rows}


async def view(tx: Tx, household_id: UUID) -> HouseholdView | None:
    """Show one household; None if this municipality has no such household."""
    shown = await views(tx, [household_id])
    return shown[0] if shown else None


async def views(tx: Tx, household_ids: Sequence[UUID]) -> list[HouseholdView]:
    """Show several households, in the order asked for; unknown ones are left out."""
    households = await tx.fetch(
        "SELECT household_id, household_number, address::text AS address FROM household"
        " WHERE household_id = ANY($1::uuid[])",
        household_ids,
    )
    members = await _members(tx, household_ids)
    shown = {row["household_id"]: _household(row, members) for row in households}
    return [shown[household_id] for household_id in household_ids if household_id in shown]


async def head_of(tx: Tx, household_id: UUID) -> UUID | None:
    """The resident id of the 世帯主; None for an unknown household or one without a head."""
    return await tx.fetchval(
        "SELECT resident_id FROM resident_today"
        " WHERE household_id = $1 AND presence = $2"
        " AND entry ->> 'relationship' = $3",
        household_id,
        Presence.RESIDENT,
        HEAD,
    )


async def addresses(tx: Tx, household_ids: Iterable[UUID]) -> dict[UUID, Address]:
    """Where these households are; those nobody here knows are left out."""
    rows = await tx.fetch(
        "SELECT household_id, address::text AS address FROM household"
        " WHERE household_id = ANY($1::uuid[]) ORDER BY household_id",
        list(household_ids),
    )
    return {row["household_id"]: Address.model_validate_json(row["address"]) for row in rows}


async def follow_members(tx: Tx, household_id: UUID) -> None:
    """A household is where its members are: its head, or who is there without one."""
    await tx.execute(
        "UPDATE household h SET address = m.entry -> 'address' FROM ("
        "  SELECT household_id, entry FROM resident_today"
        "  WHERE municipality = tenant() AND household_id = $1 AND presence = $2"
        "  ORDER BY entry ->> 'relationship' <> $3, resident_id LIMIT 1) m"
        " WHERE h.municipality = tenant() AND h.household_id = m.household_id"
        " AND h.address <> m.entry -> 'address'",
        household_id,
        Presence.RESIDENT,
        HEAD,
    )


async def found(tx: Tx, municipality: str, household_id: UUID, address: Address) -> None:
    """Found a household, last in a transaction; founding it again changes nothing."""
    known = await tx.fetchval(
        "SELECT EXISTS (SELECT FROM household WHERE municipality = $1 AND household_id = $2)",
        municipality,
        household_id,
    )
    if not known:
        await tx.execute(
            "INSERT INTO household (municipality, household_id, household_number, address)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (municipality, household_id) DO NOTHING",
            municipality,
            household_id,
            await next_household_number(tx),
            address.model_dump(mode="json"),
        )


async def next_addressee_number(tx: Tx) -> AddresseeNumber:
    """Give the next 宛名番号; the counter stays locked, so take it last in a transaction."""
    while True:
        if number := AddresseeNumber.from_sequence(await _count(tx, "addressee")):
            return number


async def next_household_number(tx: Tx) -> HouseholdNumber:
    """Give the next 世帯番号; the counter stays locked, so take it last in a transaction."""
    while True:
        if number := HouseholdNumber.from_sequence(await _count(tx, "household")):
            return number


async def raise_counters(tx: Tx, *, addressee: int, household: int) -> None:
    """Lock both counters, and make sure that neither gives a number at or below these values."""
    await tx.execute(
        "INSERT INTO number_counter (municipality, kind, last)"
        " VALUES (tenant(), 'addressee', $1), (tenant(), 'household', $2)"
        " ON CONFLICT (municipality, kind)"
        " DO UPDATE SET last = greatest(number_counter.last, excluded.last)",
        addressee,
        household,
    )


def member_view(row: Row) -> MemberView:
    """Show one person; ``row`` has resident_id, addressee_number, code, and entry as text."""
    entry = Entry.model_validate_json(row["entry"])
    return MemberView(
        resident_id=row["resident_id"],
        addressee_number=row["addressee_number"],
        born_on=entry.born_on.wareki,
        code_masked=f"*******{row['code'][-4:]}" if row["code"] else "",
        **{field: getattr(entry, field) for field in _AS_ENTERED},
    )


_AS_ENTERED = MemberView.model_fields.keys() & Entry.model_fields.keys() - {"born_on"}


async def _count(tx: Tx, kind: Literal["addressee", "household"]) -> int:
    return await tx.fetchval(
        "INSERT INTO number_counter (municipality, kind, last) VALUES (tenant(), $1, 1)"
        " ON CONFLICT (municipality, kind) DO UPDATE SET last = number_counter.last + 1"
        " RETURNING last",
        kind,
    )


async def _members(tx: Tx, household_ids: Sequence[UUID]) -> dict[UUID, list[MemberView]]:
    """The residents of each household: the head first, then by birth as they were entered."""
    rows = await tx.fetch(
        "SELECT household_id, resident_id, addressee_number, code, entry::text AS entry"
        " FROM resident_today JOIN resident USING (municipality, resident_id)"
        " WHERE household_id = ANY($1::uuid[]) AND presence = $2"
        " ORDER BY entry ->> 'relationship' <> $3, entry #>> '{born_on,day}', addressee_number",
        household_ids,
        Presence.RESIDENT,
        HEAD,
    )
    members: dict[UUID, list[MemberView]] = {}
    for row in rows:
        members.setdefault(row["household_id"], []).append(member_view(row))
    return members


def _household(row: Row, members: dict[UUID, list[MemberView]]) -> HouseholdView:
    living_there = members.get(row["household_id"], [])
    heads = [member for member in living_there if member.relationship == HEAD]
    return HouseholdView(
        household_id=row["household_id"],
        household_number=row["household_number"],
        address=Address.model_validate_json(row["address"]),
        head=heads[0] if heads else None,
        members=tuple(living_there),
    )
