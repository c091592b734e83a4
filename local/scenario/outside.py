"""The outside world's control doors: faults armed, people made known, ledgers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from local.scenario.comparison import Ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    import aiohttp


class Seen(NamedTuple):
    """処理状況 of the 転出届 and of the 来庁予定."""

    move_out: str
    visit: str


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

    async def move_clock(self, ahead: timedelta) -> None:
        """Put the clock out there this far ahead of the true time, for everybody."""
        await self._ask("PUT", "clock", {"offset_seconds": ahead.total_seconds()})

    async def ledgers(self) -> Ledgers:
        """Everything the systems hold of the municipality."""
        names = ("jlis", "unified_addressee", "intermediate_server", "mynaportal")
        where = f"ledger?municipality={self._municipality}"
        return Ledgers(*[await self._ask("GET", f"{name}/{where}") for name in names])

    async def issue_card(self, serial: str, code: str) -> None:
        """Have J-LIS know whose the certificate on a card is."""
        certificate = {"serial": serial, "purpose": "signature", "code": code}
        await self._ask("PUT", "certificates", certificate)

    async def file_move(self, move: dict[str, Any]) -> str:
        """File a move at マイナポータル as a citizen; the 申請番号."""
        return (await self._ask("POST", "mynaportal/applications", move))["id"]

    async def take_move_out_back(self, application: str) -> None:
        """Take the 転出届 of an application back, as its citizen."""
        path = f"mynaportal/applications/{application}/withdrawals"
        await self._ask("POST", path, {"kind": "OS-01"})

    async def seen(self, application: str) -> Seen:
        """What the citizen reads of both halves of an application; blank while nothing is told."""
        told = await self._ask("GET", f"mynaportal/applications/{application}")
        halves = (told[half]["status"] or {"state": ""} for half in ("move_out", "visit"))
        return Seen(*(half["state"] for half in halves))

    async def _ask(self, method: str, door: str, body: object = None) -> Any:
        url = f"{self._url}/{door}"
        async with self._session.request(method, url, json=body) as answer:
            answer.raise_for_status()
            return await answer.json() if answer.content_length else None
