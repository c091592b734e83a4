"""The canary: whether a name, address or number stands where no person may be found.

Each secret is looked for in every writing it could have slipped through: UTF-8, UTF-16, JSON
escapes, percent and hex codes, base64 at its three alignments; digits also full-width and in
groups of four, names also without their space.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import sqlite3
import tempfile
from collections import defaultdict
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote_from_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORTEST = 4
"""Characters; anything shorter stands somewhere by chance."""
_GRAM, _STRIDE = 5, 4
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


class Sighting(NamedTuple):
    """Where a secret was seen: ``kind`` and ``writing`` name it without repeating it."""

    sink: str
    kind: str
    writing: str
    place: int

    def __str__(self) -> str:
        return f"{self.sink}: {self.kind} ({self.writing}) at {self.place}"


class Searched(NamedTuple):
    """The outcome: how many strings in how many bytes, and what was seen."""

    strings: int
    writings: int
    bytes: int
    sightings: list[Sighting]


class Canary:
    """Knows the secrets, each with its kind (氏名, 住所, …)."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = {text: kind for text, kind in secrets.items() if len(text) >= SHORTEST}
        self._by_gram: dict[bytes, list[_Writing]] = defaultdict(list)
        self._count = 0
        for text, kind in self._secrets.items():
            for raw, coding in writings(text).items():
                self._count += 1
                for ahead in range(_STRIDE):
                    gram = raw[ahead : ahead + _GRAM]
                    self._by_gram[gram].append(_Writing(raw, ahead, kind, coding))

    def search(self, sinks: Iterable[tuple[str, bytes]]) -> Searched:
        """Look through named contents."""
        sightings: list[Sighting] = []
        length = 0
        for name, content in sinks:
            length += len(content)
            sightings += self._seen_in(name, content)
        return Searched(len(self._secrets), self._count, length, sightings)

    def _seen_in(self, name: str, content: bytes) -> Iterator[Sighting]:
        # One pass however many writings there are.  Each has at least _GRAM + _STRIDE - 1 bytes, so
        # one of its first grams stands at a place that is looked at.
        for place in range(0, len(content) - _GRAM + 1, _STRIDE):
            for known in self._by_gram.get(content[place : place + _GRAM], ()):
                start = place - known.ahead
                if start >= 0 and content.startswith(known.raw, start):
                    yield Sighting(name, known.kind, known.coding, start)


class _Writing(NamedTuple):
    """A secret in one coding, known by the gram that stands ``ahead`` bytes into it."""

    raw: bytes
    ahead: int
    kind: str
    coding: str


def writings(text: str) -> dict[bytes, str]:
    """Every way the text could stand in a file, and what that way is called."""
    return {raw: f"{form}{coding}" for form, said in _forms(text) for raw, coding in _codings(said)}


def files_in(*directories: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of some directories, byte for byte.

    A database's log comes before the database: what leaves the one meanwhile stands in the other.
    """
    for directory in directories:
        for file in sorted(directory.rglob("*"), reverse=True):
            if file.is_file():
                yield file.name, file.read_bytes()


def cells_of(database: Path) -> Iterator[tuple[str, bytes]]:
    """Every value in a SQLite database, whole: in the file a long one is cut at page borders.

    A copy is opened, so that a server may be using the database meanwhile.
    """
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / database.name
        for suffix in ("-wal", ""):
            part = database.with_name(database.name + suffix)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + suffix))
        with closing(sqlite3.connect(copy)) as connection:
            connection.text_factory = bytes
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                yield from _values(connection, table.decode())


def _values(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, bytes]]:
    rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name it told us itself
    cells = (v if isinstance(v, bytes) else str(v).encode() for v in chain.from_iterable(rows))
    yield f"table {table}", b"\0".join(cells)


def _forms(text: str) -> Iterator[tuple[str, str]]:
    yield "", text
    if re.fullmatch("[0-9]+", text):
        groups = [text[at : at + 4] for at in range(0, len(text), 4)]
        for mark in ("-", " "):
            yield "grouped ", mark.join(groups)
            yield "full-width grouped ", mark.join(groups).translate(_FULL_WIDTH)
        yield "full-width ", text.translate(_FULL_WIDTH)
    elif "\u3000" in text:
        yield "unspaced ", text.replace("\u3000", "")
        yield "narrow-spaced ", text.replace("\u3000", " ")


def _codings(text: str) -> Iterator[tuple[bytes, str]]:
    raw = text.encode()
    yield raw, "UTF-8"
    yield text.encode("utf-16-le"), "UTF-16LE"
    yield text.encode("utf-16-be"), "UTF-16BE"
    for alike in _either_case(raw.hex()):
        yield alike, "hex"
    for alike in _either_case(quote_from_bytes(raw, safe="")):
        yield alike, "percent"
    for alike in _either_case(json.dumps(text)[1:-1]):
        yield alike.replace(b"\\U", b"\\u"), "JSON"
    for shift in range(3):
        middle = _base64_middle(raw, shift)
        yield middle, f"base64+{shift}"
        yield middle.translate(bytes.maketrans(b"+/", b"-_")), f"base64url+{shift}"


def _either_case(text: str) -> Iterator[bytes]:
    yield text.lower().encode()
    yield text.upper().encode()


def _base64_middle(raw: bytes, shift: int) -> bytes:
    """The base64 digits that ``raw`` alone decides when ``shift`` bytes stand before it."""
    digits = base64.b64encode(bytes(shift) + raw + bytes(2))
    return digits[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
