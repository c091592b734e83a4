"""Pages: Jinja templates, the words and times they show, and what every page knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console import navigation
from api.fields import NAMES
from api.runbook import PEERS
from domain.dates import JST
from domain.stuck import WORDS
from domain.telegrams import Peer
from domain.typed_dates import both_notations, read_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from api.console.seats import Seat
    from domain.stuck import Stuck

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

_ITEMS = {
    "presence": "住民状態",
    "leaving": "転出の予定",
    "left": "転出の確定",
}
"""Items of a history row that no caller ever fills in."""

_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(name: str, seat: Seat | None = None, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """A template filled in for whoever looks at it."""
    ways = navigation.shown(seat.may) if seat else []
    template = _templates.get_template(f"{name}.html")
    text = template.render(seat=seat, navigation=ways, **shown)
    return HTMLResponse(text, status_code=status)


def _when(instant: datetime | None) -> str:
    """An instant on the office's clock on the wall."""
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M}" if instant else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _peer(name: str | None) -> str:
    return PEERS[Peer(name)].ja if name else "住基システム"


def _field(name: str) -> str:
    """An item of an entry, as the office calls it."""
    return _ITEMS.get(name) or (NAMES[name][0] if name in NAMES else name)


def _stuck(kind: Stuck) -> str:
    return WORDS[kind].short


def _both(day: str) -> str:
    """A day of the API in 和暦 and 西暦."""
    return both_notations(read_day(day))


_templates.filters |= {
    "when": _when,
    "day": _day,
    "both": _both,
    "peer": _peer,
    "field": _field,
    "stuck": _stuck,
}
