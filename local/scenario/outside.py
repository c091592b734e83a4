"""The outside world's control doors: faults armed, people made known, ledgers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from local.scenario.comparison import Ledgers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    import aiohttp


Known = dict[str, Any]
"""Somebody as the others are told of them before the first scene."""


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

    async def settle(self, known: Sequence[Known]) -> None:
        """Make residents known everywhere, as an older system had told of them."""
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

    async def delay(self, system: str, kind: str, seconds: float) -> None:
        """How long a kind of notice takes here from now on."""
        delay = {"system": system, "kind": kind, "municipality": self._municipality}
        await self._ask("PUT", "delays", delay | {"seconds": seconds})

    async def issue_card(self, serial: str, code: str, purpose: str = "signature") -> None:
        """Have J-LIS know whose the certificate on a card is."""
        certificate = {"serial": serial, "purpose": purpose, "code": code}
        await self._ask("PUT", "certificates", certificate)

    async def renew_certificate(self, serial: str, following: str) -> None:
        """Have JPKI issue the one that follows."""
        await self._ask("POST", f"certificates/{serial}/renewals", {"serial": following})

    async def revoke_certificate(self, serial: str) -> None:
        """Have JPKI end one, as its owner wishes."""
        await self._ask("POST", f"certificates/{serial}/revocations", {})

    async def valid_certificates(self, code: str) -> set[str]:
        """What somebody's valid certificates are for."""
        issued = await self._ask("GET", f"certificates?code={code}")
        return {one["purpose"] for one in issued if one["state"] == "有効"}

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
