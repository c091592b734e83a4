"""What operations are told unasked: a new kind of incident, once, and a digest a day.

Codes, names of steps, counts and days; no case, nobody's name.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from domain.dates import JST
from domain.payload import Payload
from domain.stuck import WORDS, Stuck

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


class Channel(StrEnum):
    """How it reaches them."""

    WEBHOOK = "webhook"
    MAIL = "mail"


class NewKind(Payload):
    """A kind of incident that has not been there before, or not for long."""

    about: Literal["incident_kind"] = "incident_kind"
    peer: str
    """Empty for the register's own."""
    code: str
    step: str
    """Empty for a peer that keeps silent altogether."""
    first_seen: datetime


class OfKind(Payload):
    """The incidents of one kind: opened and closed since the last digest, open now."""

    peer: str
    code: str
    step: str
    opened: int
    closed: int
    open: int


class Digest(Payload):
    """How a municipality stands; ``since`` is when the digest before was made."""

    about: Literal["digest"] = "digest"
    since: datetime
    until: datetime
    open_cases: int
    kinds: tuple[OfKind, ...]
    silent_peers: tuple[str, ...]
    stuck: dict[Stuck, int]
    oldest_due_on: date | None
    """The earliest legal deadline among cases that wait for staff or are stuck."""
    looked_at: datetime | None
    """The watchdog's last round."""


News: TypeAlias = NewKind | Digest


class Announcement(NamedTuple):
    """One message for one receiver; ``announcement_id`` is the same however often it leaves."""

    municipality: str
    announcement_id: UUID
    channel: Channel
    news: News
    made_at: datetime


def subject_of(municipality: str, news: News) -> str:
    """The subject of a mail."""
    if isinstance(news, NewKind):
        return f"[住基 {municipality}] 新しい種類の対応待ち: {news.code}"
    waiting = sum(kind.open for kind in news.kinds)
    stuck = sum(news.stuck.values())
    return f"[住基 {municipality}] 日報: 対応待ち {waiting} 件、止まっている案件 {stuck} 件"


def text_of(municipality: str, news: News) -> str:
    """The text of a mail, a line each."""
    told = _new_kind(news) if isinstance(news, NewKind) else _digest(news)
    lines = [f"自治体 {municipality}", *told, "", "運用手引き9章、10章を見てください。", ""]
    return "\n".join(lines)


def _new_kind(news: NewKind) -> Iterator[str]:
    yield "これまでになかった種類の対応待ちが開きました。同じ種類は、続く間は知らせません。"
    yield f"符号: {news.code}"
    yield f"処理: {news.step or '（この相手への全て。応答がない）'}"
    yield f"相手: {news.peer or '住基システム'}"
    yield f"最初: {_when(news.first_seen)}"


def _digest(news: Digest) -> Iterator[str]:
    yield f"{_when(news.since)} から {_when(news.until)} まで"
    yield f"開いている案件: {news.open_cases} 件"
    yield f"判断待ちか止まっている案件の最も近い法定期限: {news.oldest_due_on or 'なし'}"
    for kind in news.kinds:
        where = f"{kind.code} {kind.step}（{kind.peer or '住基システム'}）"
        yield f"対応待ち {where}: 発生 {kind.opened}、解消 {kind.closed}、現在 {kind.open}"
    for peer in news.silent_peers:
        yield f"応答しない相手: {peer}"
    for stuck, times in news.stuck.items():
        yield f"止まっている案件 {stuck}（{WORDS[stuck].short}）: {times}"
    yield f"見張りの最後の見回り: {_when(news.looked_at) if news.looked_at else 'なし'}"


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M}"
