"""Answers damaged on their way, for clients that must notice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from simulators.faults import Form
from simulators.numbers import fresh_code, is_code

if TYPE_CHECKING:
    from collections.abc import Callable

_HUGE = 2_000_000


def damaged(body: bytes, form: Form) -> tuple[bytes, str]:
    """The bytes and the media type that leave instead of a good answer."""
    if form is Form.CUT:
        return body[: len(body) // 2], "application/json"
    if form is Form.HTML:
        return "<html><body>ただいま混み合っています。</body></html>".encode(), "text/html"
    if form is Form.EMPTY:
        return b"", "application/json"
    if form is Form.HUGE:
        return body[:-1] + b" " * _HUGE + body[-1:], "application/json"
    altered = _ALTER[form](json.loads(body))
    return json.dumps(altered, ensure_ascii=False).encode(), "application/json"


def _other_message(answer: object) -> object:
    uuid = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    return _each_text(answer, lambda text: str(uuid4()) if uuid.fullmatch(text) else text)


def _other_code(answer: object) -> object:
    return _each_text(answer, lambda text: fresh_code() if is_code(text) else text)


def _check_digit(answer: object) -> object:
    """Only the last number: of a whole list, one is wrong."""
    numbers: list[str] = []
    _each_text(answer, lambda text: numbers.append(text) or text)
    last = next((text for text in reversed(numbers) if re.fullmatch(r"\d{11,12}", text)), "")

    def wrong(text: str) -> str:
        return text[:-1] + str((int(text[-1]) + 5) % 10) if text == last else text

    return _each_text(answer, wrong) if last else answer


def _missing_item(answer: object) -> object:
    """Drop the last item of the innermost contents."""
    items = list(cast("dict[str, object]", answer).items())
    name, last = items[-1]
    inner = {name: _missing_item(cast("object", last))} if isinstance(last, dict) and last else {}
    return dict(items[:-1]) | inner


def _each_text(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {name: _each_text(part, change) for name, part in items}
    if isinstance(value, list):
        return [_each_text(part, change) for part in cast("list[object]", value)]
    return change(value) if isinstance(value, str) else value


_ALTER: dict[Form, Callable[[object], object]] = {
    Form.OTHER_MESSAGE: _other_message,
    Form.CHECK_DIGIT: _check_digit,
    Form.OTHER_CODE: _other_code,
    Form.MISSING_ITEM: _missing_item,
}
