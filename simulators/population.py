"""People who have always lived there: known to J-LIS, 統合宛名 and 中間サーバー from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from simulators import jpki
from simulators.numbers import symbol_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulators.composition import Systems


class Serials(BaseModel):
    """Serial numbers, in decimal, of somebody's valid 電子証明書."""

    signature: Annotated[str, Field(pattern=r"^\d{1,49}$")] | None = None
    authentication: Annotated[str, Field(pattern=r"^\d{1,49}$")] | None = None


class Inhabitant(BaseModel):
    """A resident as a municipality's 基本データリスト has them.

    ``update_number`` is the last 更新順番号 J-LIS has from this municipality, ``contents`` whatever
    4情報 the loader wants to find again in the ledgers; ``addressee`` what 統合宛名 has instead,
    and ``copy_facts`` the 副本, where there is one.
    """

    code: Annotated[str, Field(pattern=r"^\d{11}$")]
    number: Annotated[str, Field(pattern=r"^\d{12}$")] | None = None
    addressee_number: str | None = None
    update_number: Annotated[int, Field(ge=0)] = 0
    contents: dict[str, Any] = {}
    addressee: dict[str, Any] | None = None
    copy_facts: dict[str, Any] | None = None
    serials: Serials = Serials()


class Population(BaseModel):
    """The residents of one municipality."""

    municipality: Annotated[str, Field(pattern=r"^\d{6}$")]
    people: list[Inhabitant]


class CodeTaken(Exception):
    """One of the codes already stands for somebody of another municipality."""


async def load(systems: Systems, population: Population) -> None:
    """Enter everybody in every system; whoever is known there already is left as they are.

    Raises ``CodeTaken`` before anything is entered, ``jpki.SerialTaken``.
    """
    people = population.people
    taken = await systems.jlis.pool.fetchval(
        "SELECT EXISTS (SELECT FROM people WHERE code = ANY($1) AND allotted_to <> $2)",
        [person.code for person in people],
        population.municipality,
    )
    if taken:
        raise CodeTaken
    await _load_jlis(systems, population.municipality, people)
    numbered = [person for person in people if person.number and person.addressee_number]
    unified = await _load_unified(systems, population.municipality, numbered)
    await _load_intermediate(systems, population.municipality, numbered, unified)


async def _load_jlis(systems: Systems, municipality: str, people: list[Inhabitant]) -> None:
    await systems.jlis.pool.executemany(
        "INSERT INTO people (code, allotted_to, number, holder, live, orders, contents)"
        " VALUES ($1, $2, $3, $2, true, jsonb_build_object($2::text, $4::integer), $5)"
        " ON CONFLICT (code) DO NOTHING",
        [(p.code, municipality, p.number, p.update_number, p.contents) for p in people],
    )
    now = systems.jlis.outside.hours.now()
    async with systems.jlis.pool.acquire() as connection, connection.transaction():
        for wanted in _certificates(people):
            await jpki.issue(connection, wanted, now)


def _certificates(people: list[Inhabitant]) -> Iterator[jpki.Wanted]:
    for person in people:
        if person.serials.signature is not None:
            yield jpki.Wanted(person.code, "signature", person.serials.signature)
        if person.serials.authentication is not None:
            yield jpki.Wanted(person.code, "authentication", person.serials.authentication)


async def _load_unified(systems: Systems, municipality: str, people: list[Inhabitant]) -> list[str]:
    """The 団番 of each of these people, in their order."""
    async with systems.unified_addressee.pool.acquire() as connection, connection.transaction():
        await connection.executemany(
            "INSERT INTO numbers (municipality, unified_number, my_number)"
            " VALUES ($1, lpad((random() * 999999999999999)::bigint::text, 15, '0'), $2)"
            " ON CONFLICT (municipality, my_number) DO NOTHING",
            [(municipality, person.number) for person in people],
        )
        rows = await connection.fetch(
            "SELECT my_number, unified_number FROM numbers"
            " WHERE municipality = $1 AND my_number = ANY($2)",
            municipality,
            [person.number for person in people],
        )
        numbers = {row["my_number"]: row["unified_number"] for row in rows}
        unified = [numbers[person.number] for person in people]
        await connection.executemany(
            "WITH held AS (INSERT INTO addressees"
            "   (municipality, addressee_number, unified_number, closed, contents)"
            "   VALUES ($1, $2, $3, false, $4) ON CONFLICT DO NOTHING RETURNING true)"
            " INSERT INTO deliveries"
            "   (cause, municipality, subject, kind, contents, due_at, delivered_at)"
            " SELECT gen_random_uuid(), $1, $3, 'AT-02', '{\"state\": \"open\"}', now(), now()"
            " FROM held",
            [
                (
                    municipality,
                    person.addressee_number,
                    number,
                    person.contents if person.addressee is None else person.addressee,
                )
                for person, number in zip(people, unified, strict=True)
            ],
        )
    return unified


async def _load_intermediate(
    systems: Systems, municipality: str, people: list[Inhabitant], unified: list[str]
) -> None:
    pool = systems.intermediate_server.pool
    await pool.executemany(
        "INSERT INTO numbers (municipality, unified_number, closed, version)"
        " VALUES ($1, $2, false, 0) ON CONFLICT DO NOTHING",
        [(municipality, number) for number in unified],
    )
    await pool.executemany(
        "INSERT INTO copies (municipality, unified_number, deleted, version, facts)"
        " VALUES ($1, $2, false, 0, $3) ON CONFLICT DO NOTHING",
        [
            (municipality, number, person.copy_facts)
            for person, number in zip(people, unified, strict=True)
            if person.copy_facts is not None
        ],
    )
    symbols = [symbol_for(person.code, municipality, systems.jlis.key) for person in people]
    await systems.jlis.pool.executemany(
        "INSERT INTO symbols (municipality, code, symbol) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        [(municipality, p.code, symbol) for p, symbol in zip(people, symbols, strict=True)],
    )
    await pool.executemany(
        "INSERT INTO linkages (municipality, request_number, symbol) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        [
            (municipality, f"LOADED-{number}", symbol)
            for number, symbol in zip(unified, symbols, strict=True)
        ],
    )
