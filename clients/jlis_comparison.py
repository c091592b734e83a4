"""整合性確認 with 住基ネット (CS-17): whom it holds for us, page by page, as it holds them.

A page asks for the 住民票コード behind ``after`` up to and with ``up_to``, in ascending order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from clients.jlis_items import address, identity, item
from clients.mailbox import telegram
from domain.errors import ContractBroken
from domain.pages import Span
from domain.telegrams import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from domain.residents import Entry


class Held(NamedTuple):
    """Somebody J-LIS holds for us; ``contents`` are the items of 本人確認情報 it has."""

    code: str
    number: str | None
    live: bool
    update_number: int
    contents: Mapping[str, object]
    serials: frozenset[str]


class Page(NamedTuple):
    """Whom it holds in a span, by code; with ``more`` the page ends before the span does."""

    people: tuple[Held, ...]
    more: bool


def page_request(municipality: str, telegram_id: UUID, span: Span, limit: int) -> bytes:
    """CS-17 for one span of codes, at most ``limit`` people."""
    content = {"開始コード": span.after, "終了コード": span.up_to, "件数": limit}
    return telegram(Message.COMPARISON, municipality, telegram_id, content)


def span_of(body: bytes) -> Span:
    """The span a request of ours asked for."""
    return Span(str(item(body, "開始コード")), cast("str | None", item(body, "終了コード")))


def contents_of(entry: Entry) -> dict[str, object]:
    """本人確認情報 as J-LIS should hold it."""
    return identity(entry) | address(entry.address)


def read_page(answer: bytes, span: Span) -> Page:
    """What J-LIS holds.

    Raises ContractBroken: MISSING_ITEM for an item that is not there or has another form,
    OTHER_PAGE for somebody outside the span or out of order.
    """
    listed, more = item(answer, "本人確認情報一覧"), item(answer, "続き")
    if not isinstance(listed, list) or not isinstance(more, bool):
        raise ContractBroken("MISSING_ITEM")
    people = tuple(_held(one) for one in cast("list[object]", listed))
    if not span.holds([one.code for one in people]) or (more and not people):
        raise ContractBroken("OTHER_PAGE")
    return Page(people, more)


def _held(one: object) -> Held:
    try:
        row = cast("dict[str, Any]", one)
        contents = cast("dict[str, object]", row["内容"])
        serials = (row["署名用シリアル番号"], row["利用者証明用シリアル番号"])
        return Held(
            code=str(row["住民票コード"]),
            number=row["個人番号"],
            live=bool(row["現存"]),
            update_number=int(row["更新順番号"]),
            contents=contents,
            serials=frozenset(str(serial) for serial in serials if serial is not None),
        )
    except (TypeError, KeyError, ValueError):
        raise ContractBroken("MISSING_ITEM") from None
