"""What tests of the register share: a town of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.towns import Town, a_town

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path


@pytest.fixture
async def town(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Town]:
    """A new municipality with nobody in it."""
    async with a_town(database_urls, keyring_path) as opened:
        yield opened


@pytest.fixture
async def other_town(database_urls: Mapping[str, str], keyring_path: Path) -> AsyncGenerator[Town]:
    """Another municipality, to look across the border."""
    async with a_town(database_urls, keyring_path) as opened:
        yield opened
