"""Logs: one JSON object a line on stderr, and nothing in them that names a person.

Our own events carry ids and codes.  What libraries say is taken with care: the text of an exception
may hold the very value it stumbled on, so an exception is shown as its type, our code and the lines
it passed through, never as its text; and whatever still looks like a 個人番号 or a 住民票コード –
eleven or twelve digits whose check digit passes – is masked on the way out.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import structlog

from domain.errors import OfficeError
from domain.numbers import MyNumber, ResidentCode, WrongNumber

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from structlog.typing import EventDict, WrappedLogger

MASK = "<番号>"

_NUMBER = re.compile(
    r"(?<![0-9A-Za-z-])\d{4}[ \u3000-]\d{4}[ \u3000-]\d{3,4}(?![0-9A-Za-z-])|(?<!\d)\d{11,12}(?!\d)"
)
_ROOT = Path(__file__).resolve().parent.parent
_DEEPEST_CHAIN = 5

# Libraries that speak too much below these levels.
_QUIET = {
    "asyncio": logging.WARNING,
    "temporalio": logging.WARNING,
    "uvicorn.access": logging.WARNING,
}


def configure(level: str = "INFO", *, process: str) -> None:
    """Make every logger of this process write our way; ``process`` stands in every line."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_take_with_care)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                describe_error,
                mask_numbers,
                structlog.processors.EventRenamer("event"),
                _naming(process),
                structlog.processors.JSONRenderer(ensure_ascii=False, default=_type_name),
            ],
        )
    )
    # A handler that stumbles would print what it stumbled on.
    logging.raiseExceptions = False
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLevelNamesMapping()[level]))
    _hear_last_words()


def mask_numbers(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide what could be somebody's number, wherever in the event it stands."""
    return {name: _masked(value) for name, value in event.items()}


def describe_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by what may be told of it."""
    told: object = event.pop("exc_info", None)
    event.pop("exc_text", None)
    event.pop("stack_info", None)
    if told is True:
        told = sys.exception()
    error = cast("tuple[object, ...]", told)[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["error"] = portrait(error)
    return event


def portrait(error: BaseException) -> list[dict[str, Any]]:
    """An exception and its causes: types, codes of ours, lines of code; no word of its text."""
    seen: list[dict[str, Any]] = []
    link: BaseException | None = error
    while link is not None and len(seen) < _DEEPEST_CHAIN:
        seen.append(
            {
                "type": f"{type(link).__module__}.{type(link).__qualname__}",
                **({"code": link.code} if isinstance(link, OfficeError) else {}),
                "at": _lines(link.__traceback__),
            }
        )
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return seen


def _lines(trace: TracebackType | None) -> list[str]:
    return [
        f"{_short(frame.f_code.co_filename)}:{line}" for frame, line in traceback.walk_tb(trace)
    ]


def _short(filename: str) -> str:
    path = Path(filename)
    inside = path.is_relative_to(_ROOT) and "site-packages" not in path.parts
    return str(path.relative_to(_ROOT)) if inside else "/".join(path.parts[-2:])


def _masked(value: object) -> object:
    if isinstance(value, str):
        return _NUMBER.sub(lambda found: MASK if _is_issued(found[0]) else found[0], value)
    if isinstance(value, int) and not isinstance(value, bool):
        return MASK if _is_issued(str(value)) else value
    if isinstance(value, dict):
        items = cast("Mapping[object, object]", value).items()
        return {_masked(name): _masked(inner) for name, inner in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in cast("Sequence[object]", value)]
    return value


def _is_issued(run: str) -> bool:
    digits = "".join(str(int(sign)) for sign in run if sign.isdigit())
    for number in (MyNumber, ResidentCode):
        try:
            number(digits)
        except WrongNumber:
            continue
        return True
    return False


def _take_with_care(record: logging.LogRecord) -> bool:
    """Keep a foreign record's first line, and of exceptions among its arguments only the type.

    asyncio, for one, adds the ``repr`` of the task, with the text of what it died of, below.
    """
    if isinstance(record.msg, dict):
        return True
    if isinstance(record.args, tuple):
        record.args = tuple(
            _type_name(arg) if isinstance(arg, BaseException) else arg for arg in record.args
        )
    try:
        record.msg = record.getMessage().partition("\n")[0]
    except Exception:  # noqa: BLE001 - whatever its arguments do, a log line never raises
        record.msg = "unreadable record"
    record.args = ()
    return True


def _naming(process: str) -> structlog.typing.Processor:
    def name(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {**event, "process": process}

    return name


def _type_name(value: object) -> str:
    return type(value).__qualname__


def _hear_last_words() -> None:
    """Send what would be printed as a traceback through the same door."""
    log = logging.getLogger("last_words")
    logging.captureWarnings(capture=True)

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log.critical("uncaught error", exc_info=(kind, error, trace))

    def uncaught_in_thread(seen: threading.ExceptHookArgs) -> None:
        log.critical("uncaught error in a thread", exc_info=seen.exc_value)

    def unraisable(seen: sys.UnraisableHookArgs) -> None:
        log.error("error that could not be raised", exc_info=seen.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    sys.unraisablehook = unraisable
