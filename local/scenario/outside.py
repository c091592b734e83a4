"""The outside world's control doors: faults armed, people made known, ledgers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.scenario.comparison import Ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp


class Outside:
    """The simulators, for one municipality."""

    def __init__(self, session: aiohttp.ClientSession, url: str, municipality: str) -> None:
        self._session = session
        self._url = f"{url}/_control"
        self._municipality = municipality

    async def settle(self, people: Sequence[dict[str, str]]) -> None:
        """Make residents known everywhere, given as rows of the file to import."""
        known = [
            {
                "code": row["住民票コード"],
                "number": row["個人番号"],
                "addressee_number": row["宛名番号"],
            }
            for row in people
        ]
        await self._ask("POST", "people", {"municipality": self._municipality, "people": known})

    async def print_postal_codes(self, prefixes: dict[str, str]) -> None:
        """Have J-LIS know which addresses a 郵便番号 stands for."""
        await self._ask("PUT", "postal-codes", prefixes)

    async def arm(self, system: str, kind: str, **how: Any) -> None:
        """Arm a fault here."""
        fault = {"system": system, "kind": kind, "municipality": self._municipality, **how}
        await self._ask("POST", "faults", {"faults": [fault]})

    async def armed(self) -> list[Any]:
        """Faults that still wait here."""
        return await self._ask("GET", f"faults?municipality={self._municipality}")

    async def calm(self) -> None:
        """Disarm everything here."""
        await self._ask("DELETE", f"faults?municipality={self._municipality}")

    async def ledgers(self) -> Ledgers:
        """Everything the systems hold of the municipality."""
        names = ("jlis", "unified_addressee", "intermediate_server")
        where = f"ledger?municipality={self._municipality}"
        return Ledgers(*[await self._ask("GET", f"{name}/{where}") for name in names])

    async def _ask(self, method: str, door: str, body: object = None) -> Any:
        url = f"{self._url}/{door}"
        async with self._session.request(method, url, json=body) as answer:
            answer.raise_for_status()
            return await answer.json() if answer.content_length else None
