"""Bodies, read strictly: what one reader takes for one thing and another for another is refused."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar, cast

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from api.access import KnownCaller  # noqa: TC001 - read by the framework
from api.fields import NAMES, errors_of, place, wrong
from api.problem_types import ProblemType
from api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

JSON = dict[str, Any]
DEEPEST = 16

F = TypeVar("F", bound=BaseModel)


class Form(BaseModel):
    """What a caller fills in; a field that is not on it is a mistake, not an extra."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=False
    )


class _Unreadable(ValueError):
    """Valid to some JSON readers, and refused here."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


async def _body(request: Request, _caller: KnownCaller) -> JSON:
    """The request's JSON object; nobody's body is read before we know who they are."""
    raw = await read(request)
    if not raw:
        return {}
    _check_media_type(request)
    return parsed(raw)


Body = Annotated[JSON, Depends(_body)]


def form(kind: type[F]) -> Callable[[JSON], F]:
    """The dependency that reads the body as this form; 422 names every field that is wrong."""

    def filled(body: Body) -> F:
        try:
            return kind.model_validate(body)
        except ValidationError as flawed:
            errors = errors_of(cast("list[dict[str, Any]]", flawed.errors(include_input=False)))
        raise Problem(ProblemType.INVALID_INPUT, *errors)

    return filled


def one_of(kinds: type[RootModel[F]]) -> Callable[[JSON], F]:
    """As `form`, where what the body says tells which of several forms it is."""

    def filled(body: Body) -> F:
        try:
            return kinds.model_validate(body).root
        except ValidationError as flawed:
            found = cast("list[dict[str, Any]]", flawed.errors(include_input=False))
        # The first part of each place is only our own name of the form that was read.
        raise Problem(ProblemType.INVALID_INPUT, *errors_of(found, skip=1))

    return filled


FORMS: dict[str, type[BaseModel]] = {}
"""Every form some route describes, by name; the description of the API defines each."""


def body_of(kind: type[BaseModel], **examples: tuple[str, JSON]) -> dict[str, Any]:
    """How OpenAPI shows the body of a route, each example with its title."""
    FORMS[kind.__name__] = kind
    shown = {name: {"summary": title, "value": body} for name, (title, body) in examples.items()}
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"}
    content = {"application/json": {"schema": schema, "examples": shown}}
    return {"requestBody": {"required": True, "content": content}}


def parsed(raw: bytes) -> JSON:
    """One JSON object; raises `Problem` for anything else, or anything doubtful."""
    try:
        value: object = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_no_constant
        )
        flaw = next(_flaws(value, ()), None)
    except _Unreadable as unreadable:
        flaw = unreadable
    except RecursionError:
        flaw = _Unreadable("", "TOO_DEEP")
    except ValueError:
        raise Problem(ProblemType.MALFORMED_JSON) from None
    else:
        if not isinstance(value, dict):
            raise Problem(ProblemType.MALFORMED_JSON)
        if flaw is None:
            return cast("JSON", value)
    raise Problem(ProblemType.INVALID_INPUT, wrong(flaw.field, flaw.code))


def canonical(body: JSON) -> bytes:
    """The same bytes for the same contents, however they were written."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


async def read(request: Request) -> bytes:
    """The exact bytes of a body; raises `Problem` BODY_TOO_LARGE without reading on."""
    largest: int = request.state.largest_body
    if _declared_length(request) > largest:
        raise Problem(ProblemType.BODY_TOO_LARGE)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > largest:
            raise Problem(ProblemType.BODY_TOO_LARGE)
    return bytes(raw)


def _declared_length(request: Request) -> int:
    length = request.headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "")
    encoding = request.headers.get("content-encoding", "identity")
    if not _JSON_TYPE.fullmatch(media_type) or encoding != "identity":
        raise Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE)


_JSON_TYPE = re.compile(r'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
_BROKEN = re.compile("[\x00\ud800-\udfff]")


def _without_twins(pairs: list[tuple[str, Any]]) -> JSON:
    read: JSON = {}
    for key, value in pairs:
        if key in read:
            raise _Unreadable(key if key in NAMES else "", "DUPLICATE_KEY")
        read[key] = value
    return read


def _no_constant(_name: str) -> NoReturn:
    raise _Unreadable("", "NOT_A_NUMBER")


def _flaws(value: object, parts: tuple[object, ...]) -> Iterator[_Unreadable]:
    """Broken characters and depth, which no form needs to think of any more."""
    if len(parts) > DEEPEST:
        yield _Unreadable("", "TOO_DEEP")
    elif isinstance(value, str):
        yield from _broken(value, parts)
    else:
        for key, inner in _inside(value):
            if isinstance(key, str) and _BROKEN.search(key):
                yield _Unreadable(place(parts), "UNKNOWN_FIELD")
            yield from _flaws(inner, (*parts, key))


def _broken(text: str, parts: tuple[object, ...]) -> Iterator[_Unreadable]:
    if found := _BROKEN.search(text):
        code = "CONTROL_CHARACTER" if found[0] == "\x00" else "LONE_SURROGATE"
        yield _Unreadable(place(parts), code)


def _inside(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).items()
    return enumerate(cast("list[object]", value)) if isinstance(value, list) else ()
