"""A register of its own for a test that would disturb others: a fresh copy, dropped afterwards."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from local.postgres import ADMINISTRATOR, OUTSIDE, OWNER, REGISTER, ensure_database

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.server import Place


@asynccontextmanager
async def a_place_apart(place: Place, name: str) -> AsyncGenerator[Place]:
    """The same servers with another register and another outside; ``name`` tells them apart."""
    mark = f"{place['namespace']}_{name}"
    register, outside = f"{REGISTER}_{mark}", f"{OUTSIDE}_{mark}"
    urls = {role: _at(url, register) for role, url in place["database_urls"].items()}
    administrator = await asyncpg.connect(_at(urls[ADMINISTRATOR], "postgres"))
    try:
        await ensure_database(administrator, register, OWNER, template=REGISTER)
        await ensure_database(administrator, outside, OUTSIDE, template=OUTSIDE)
        yield {**place, "database_urls": urls, "outside_url": _at(place["outside_url"], outside)}
    finally:
        for database in (register, outside):
            await administrator.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        await administrator.close()


def _at(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"
