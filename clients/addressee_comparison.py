"""整合性確認 with 統合宛名 (AT-17): the 宛名 it holds, and what 中間サーバー holds of them.

Only 統合宛名 knows which 団番 is whose, so it asks 中間サーバー on our behalf; neither 団番 nor
符号 comes back, only whether they are there (住民記録システム標準仕様書 7.1.2.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from clients.mailbox import to_bytes
from clients.wire import json_object
from domain.errors import ContractBroken
from domain.pages import Span
from domain.telegrams import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


class Held(NamedTuple):
    """A 宛名 of ours as it is held there, and what 中間サーバー holds of its 団番.

    ``pending``: a notice of 統合宛名 about it has not arrived there yet.  ``copy`` is ``None``
    where there is none.
    """

    addressee_number: str
    open: bool
    number: str
    contents: Mapping[str, object]
    pending: bool
    open_at_server: bool
    copy: Mapping[str, object] | None
    linked: bool


class Page(NamedTuple):
    """What it holds in a span, by 宛名番号; with ``more`` the page ends before the span does."""

    people: tuple[Held, ...]
    more: bool


def page_request(
    municipality: str,
    telegram_id: UUID,
    span: Span,
    limit: int,
    asked: Mapping[str, Sequence[UUID]],
) -> bytes:
    """AT-17 for one span of 宛名番号; ``asked`` are our 処理通番, which 中間サーバー knows."""
    return to_bytes(
        {
            "request_id": str(telegram_id),
            "kind": Message.ADDRESSEE_COMPARISON,
            "municipality": municipality,
            "after": span.after,
            "up_to": span.up_to,
            "limit": limit,
            "request_numbers": {
                number: [str(one) for one in theirs] for number, theirs in asked.items()
            },
        }
    )


def span_of(body: bytes) -> Span:
    """The span a request of ours asked for."""
    asked = json_object(body)
    return Span(str(asked["after"]), cast("str | None", asked["up_to"]))


def read_page(answer: bytes, span: Span) -> Page:
    """What 統合宛名 holds.

    Raises ContractBroken MISSING_ITEM or OTHER_PAGE as ``jlis_comparison.read_page`` does.
    """
    told = json_object(answer)
    listed, more = told.get("people"), told.get("more")
    if not isinstance(listed, list) or not isinstance(more, bool):
        raise ContractBroken("MISSING_ITEM")
    people = tuple(_held(one) for one in cast("list[object]", listed))
    if not span.holds([one.addressee_number for one in people]) or (more and not people):
        raise ContractBroken("OTHER_PAGE")
    return Page(people, more)


def _held(one: object) -> Held:
    try:
        row = cast("dict[str, Any]", one)
        contents = cast("dict[str, object]", row["contents"])
        return Held(
            addressee_number=str(row["addressee_number"]),
            open=not row["closed"],
            number=str(row["my_number"]),
            contents={name: value for name, value in contents.items() if name != "my_number"},
            pending=bool(row["pending"]),
            open_at_server=bool(row["open_at_server"]),
            copy=cast("dict[str, object] | None", row["copy"]),
            linked=bool(row["linked"]),
        )
    except (TypeError, KeyError, AttributeError):
        raise ContractBroken("MISSING_ITEM") from None
