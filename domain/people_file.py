"""People in a CSV file, as they come from the system before (データ移行).

The header has the item names of the 基本データリスト.  Reading never stops at the first flaw: the
whole file is read, and everything wrong is told at once.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from domain.characters import BadText, check_address, check_building, check_kana, check_name
from domain.dates import RegisterDate, WrongDate, to_wareki, wording_of
from domain.numbers import (
    AddresseeNumber,
    HouseholdNumber,
    MyNumber,
    ResidentCode,
    WrongNumber,
)
from domain.people_flaws import Flaw
from domain.person_record import PersonRecord
from domain.residents import HEAD, Address, Sex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")


class PeopleFile(NamedTuple):
    """What a file holds: the people (only if nothing is wrong), the flaws, and columns unread."""

    people: tuple[PersonRecord, ...]
    flaws: tuple[Flaw, ...]
    ignored: tuple[str, ...] = ()


def read_people(content: bytes) -> PeopleFile:
    """Read a file of people: UTF-8 with or without BOM, comma-separated, with a header."""
    try:
        lines = _lines(content.decode("utf-8-sig"))
        _, header = next(lines, _NO_HEADER)
        flaws = _header_flaws(header)
        ignored = tuple(column for column in header if column not in _ALL_COLUMNS)
        if flaws:
            return PeopleFile((), tuple(flaws), ignored)
        people = _people(lines, header, flaws)
    except UnicodeDecodeError as failure:
        return PeopleFile((), (Flaw(content.count(b"\n", 0, failure.start) + 1, "", "NOT_UTF8"),))
    except _NotCsv as failure:
        return PeopleFile((), (Flaw(failure.line, "", "NOT_CSV"),))
    flaws += _flaws_between(people)
    if not people and not flaws:
        flaws.append(Flaw(1, "", "EMPTY_FILE"))
    return PeopleFile(() if flaws else tuple(people), tuple(flaws), ignored)


class _Item(NamedTuple):
    """One column that becomes one field by itself."""

    column: str
    field: str
    read: Callable[[str], object]
    may_be_blank: bool = True
    may_be_absent: bool = False


def _sex(text: str) -> Sex:
    if text not in _SEXES:
        raise _WrongCell("NOT_A_SEX")
    return Sex(text)


def _present(text: str) -> str:
    if text not in {"", "現存"}:
        raise _WrongCell("NOT_RESIDENT")
    return text


_ITEMS = (
    _Item("宛名番号", "addressee_number", AddresseeNumber, may_be_blank=False),
    _Item("世帯番号", "household_number", HouseholdNumber, may_be_blank=False),
    _Item("住民票コード", "code", ResidentCode, may_be_blank=False),
    _Item("個人番号", "my_number", MyNumber, may_be_absent=True),
    _Item("氏名", "name", check_name),
    _Item("氏名_フリガナ", "name_kana", check_kana),
    _Item("旧氏", "former_name", check_name, may_be_absent=True),
    _Item("旧氏_フリガナ", "former_name_kana", check_kana, may_be_absent=True),
    _Item("通称", "alias", check_name, may_be_absent=True),
    _Item("通称_フリガナ", "alias_kana", check_kana, may_be_absent=True),
    _Item("性別", "sex", _sex),
    _Item("続柄表記", "relationship", check_name, may_be_blank=False),
    _Item("本籍", "domicile", check_address, may_be_absent=True),
    _Item("筆頭者", "head_of_family_register", check_name, may_be_absent=True),
)
_DATES = {
    "生年月日": "born_on",
    "住民となった年月日": "resident_since",
    "住所を定めた年月日": "address_since",
}
_DATES_REQUIRED = {"生年月日", "住民となった年月日"}
_WORDED = "_不詳表記"
_POSTAL_CODE, _BUILDING = "住所_郵便番号", "住所_方書"
_ADDRESS_LINE = ("住所_都道府県", "住所_市区郡町村名", "住所_町字", "住所_番地号表記")
_PRESENCE = "住民状態"

REQUIRED = (
    *(item.column for item in _ITEMS if not item.may_be_absent),
    *(column for column in _DATES if column in _DATES_REQUIRED),
    *_ADDRESS_LINE,
)
"""Columns that must be there, some of them with blank cells."""
OPTIONAL = (
    *(item.column for item in _ITEMS if item.may_be_absent),
    *(column for column in _DATES if column not in _DATES_REQUIRED),
    *(column + _WORDED for column in _DATES),
    _POSTAL_CODE,
    _BUILDING,
    _PRESENCE,
)
"""Columns that are read if they are there."""

_ALL_COLUMNS = frozenset((*REQUIRED, *OPTIONAL))
_SEXES = frozenset(Sex)
_NO_HEADER: tuple[int, list[str]] = (1, [])
_PLAIN_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_SEVEN_DIGITS = re.compile(r"(?:\d{7})?", re.ASCII)


class _WrongCell(ValueError):
    """A cell that cannot be read; ``code`` tells why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _NotCsv(ValueError):
    """The file breaks off as CSV on a line."""

    def __init__(self, line: int) -> None:
        super().__init__("NOT_CSV")
        self.line = line


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line of the file on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise _NotCsv(begins) from None


def _header_flaws(header: list[str]) -> list[Flaw]:
    if not header:
        return [Flaw(1, "", "EMPTY_FILE")]
    missing = [Flaw(1, column, "MISSING_COLUMN") for column in REQUIRED if column not in header]
    twice = {column for column in header if header.count(column) > 1 and column in _ALL_COLUMNS}
    return missing + [Flaw(1, column, "DUPLICATE_COLUMN") for column in sorted(twice)]


def _people(
    lines: Iterable[tuple[int, list[str]]], header: list[str], flaws: list[Flaw]
) -> list[PersonRecord]:
    people: list[PersonRecord] = []
    for line, cells in lines:
        if len(cells) != len(header):
            flaws.append(Flaw(line, "", "WRONG_CELL_COUNT"))
            continue
        row = _Row(line, dict(zip(header, cells, strict=True)))
        person = row.person()
        flaws += row.flaws
        if not row.flaws:
            people.append(person)
    return people


class _Row:
    """One record being read; what is wrong with it gathers in ``flaws``."""

    def __init__(self, line: int, cells: dict[str, str]) -> None:
        self.flaws: list[Flaw] = []
        self._line = line
        self._cells = cells

    def person(self) -> PersonRecord:
        """The person; of no worth if there are flaws."""
        told: dict[str, Any] = {item.field: self._value(item) for item in _ITEMS}
        told |= {field: self._date(column) for column, field in _DATES.items()}
        self._read(_PRESENCE, _present, self._cell(_PRESENCE))
        return PersonRecord.model_construct(line=self._line, address=self._address(), **told)

    def _cell(self, column: str) -> str:
        return self._cells.get(column, "")

    def _value(self, item: _Item) -> object:
        cell = self._cell(item.column)
        if not cell and not item.may_be_blank:
            return self._wrong(item.column, "BLANK")
        if not cell and item.field == "my_number":
            return None
        return self._read(item.column, item.read, cell)

    def _address(self) -> Address:
        line = "".join(self._cell(column) for column in _ADDRESS_LINE)
        if not line:
            self._wrong(_ADDRESS_LINE[-1], "BLANK")
        self._read("住所", check_address, line)
        postal_code = self._cell(_POSTAL_CODE)
        if not _SEVEN_DIGITS.fullmatch(postal_code):
            self._wrong(_POSTAL_CODE, "WRONG_FORM")
        building = self._cell(_BUILDING)
        self._read(_BUILDING, check_building, building)
        return Address.model_construct(postal_code=postal_code, line=line, building=building)

    def _date(self, column: str) -> RegisterDate | None:
        day = self._read(column, _day, self._cell(column))
        wording = self._cell(column + _WORDED)
        if wording:
            return self._read(column + _WORDED, lambda words: _worded(words, day), wording)
        if day is None and column in _DATES_REQUIRED and not self._is_wrong(column):
            self._wrong(column, "BLANK")
        return RegisterDate.on(day) if day else None

    def _is_wrong(self, column: str) -> bool:
        return any(flaw.column == column for flaw in self.flaws)

    def _read(self, column: str, read: Callable[[str], T], cell: str) -> T | None:
        try:
            return read(cell)
        except (WrongNumber, WrongDate, BadText, _WrongCell) as wrong:
            return self._wrong(column, str(wrong.code))

    def _wrong(self, column: str, code: str) -> None:
        self.flaws.append(Flaw(self._line, column, code))


def _day(text: str) -> date | None:
    if not text:
        return None
    parts = _PLAIN_DATE.fullmatch(text)
    if parts is None:
        raise _WrongCell("NOT_A_DATE")
    try:
        day = date(*map(int, parts.groups()))
    except ValueError:
        raise _WrongCell("NOT_A_DATE") from None
    to_wareki(day)
    return day


def _worded(words: str, day: date | None) -> RegisterDate:
    wording_of(words)
    return RegisterDate.worded(words, day)


def _flaws_between(people: list[PersonRecord]) -> list[Flaw]:
    households: dict[str, list[PersonRecord]] = defaultdict(list)
    for person in people:
        households[person.household_number].append(person)
    return [
        *_twice(people, "宛名番号", lambda person: person.addressee_number),
        *_twice(people, "住民票コード", lambda person: person.code),
        *_twice(people, "個人番号", lambda person: person.my_number),
        *(flaw for members in households.values() for flaw in _household_flaws(members)),
    ]


def _twice(
    people: list[PersonRecord], column: str, number: Callable[[PersonRecord], str | None]
) -> Iterator[Flaw]:
    first: dict[str, int] = {}
    for person in people:
        value = number(person)
        if value and first.setdefault(value, person.line) != person.line:
            yield Flaw(person.line, column, "TWICE_IN_FILE", first[value])


def _household_flaws(members: list[PersonRecord]) -> Iterator[Flaw]:
    heads = [member for member in members if member.relationship == HEAD]
    if not heads:
        yield Flaw(members[0].line, "続柄表記", "NO_HEAD")
    for second in heads[1:]:
        yield Flaw(second.line, "続柄表記", "TWO_HEADS", heads[0].line)
    for member in members:
        if member.address != members[0].address:
            yield Flaw(member.line, "住所", "ADDRESS_DIFFERS", members[0].line)
