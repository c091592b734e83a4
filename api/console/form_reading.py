"""From what was typed to the body the API takes, and back: no rule of a 届出 stands here.

What cannot be read as a day or found by its number is passed on as it was typed: the API refuses
it, and the page says why.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from api.console.form_fields import BLANK, Kind
from api.console.typed import CLEAR, OMIT
from api.fields import FieldError, wrong
from domain.dates import RegisterDate, WrongDate, to_wareki
from domain.typed_dates import OtherEra, in_full, read_date, read_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from api.console.form_fields import Field
    from api.console.typed import Typed

_NOTHING = object()


class Found(NamedTuple):
    """Whoever was looked up by a number: their id and what they are called, or why nobody was."""

    found_id: str = ""
    words: str = ""
    code: str = ""


class Reading(NamedTuple):
    """A body for the API; which typed texts were unreadable; and where else errors belong.

    ``places`` leads from a place in the body to the field it was made of, where they differ.
    """

    body: dict[str, Any]
    flaws: dict[str, FieldError]
    places: dict[str, str]

    def place(self, at: str) -> str:
        """The field an error of the API belongs to."""
        for place, path in sorted(self.places.items(), reverse=True):
            if at == place or at.startswith(f"{place}."):
                return path + at[len(place) :]
        return at


def read(fields: Iterable[Field], typed: Typed, found: Mapping[str, Found]) -> Reading:
    """The body these fields make."""
    reader = _Reader(typed, found)
    return Reading(reader.group(fields), reader.flaws, reader.places)


def digits(text: str) -> str:
    """A number as it is stored: narrow digits, without what people put between them."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "")


def date_read(text: str, day: str) -> RegisterDate | FieldError:
    """An uncertain or exact day, or why it is none; the error names no field yet."""
    try:
        return read_date(text, day)
    except WrongDate as refused:
        return _flaw("", refused)


def write(fields: Iterable[Field], body: Mapping[str, Any], typed: Typed) -> None:
    """Fill fields in as a body has them; days in 和暦."""
    for field in fields:
        value = body.get(field.name)
        if field.kind is Kind.GROUP:
            write(field.inside, cast("Mapping[str, Any]", value or {}), typed)
        elif field.kind in {Kind.DAY, Kind.DATE} and value:
            _write_day(field.path, value, typed)
        elif field.kind is Kind.CHOICE and value == "":
            typed.add(field.path, BLANK)
        elif value is not None:
            typed.add(field.path, str(value))


def _write_day(path: str, value: Any, typed: Typed) -> None:
    said = cast("dict[str, Any]", value) if isinstance(value, dict) else {"day": value}
    day = RegisterDate.model_validate(said)
    typed.add(path, day.wareki)
    if not day.exact:
        typed.add(f"{path}.day", to_wareki(day.day))


class _Reader:
    """Reads one form."""

    def __init__(self, typed: Typed, found: Mapping[str, Found]) -> None:
        self.typed = typed
        self.found = found
        self.flaws: dict[str, FieldError] = {}
        self.places: dict[str, str] = {}

    def group(self, fields: Iterable[Field]) -> dict[str, Any]:
        """What was said in these fields; what was not is left out."""
        said = {field.name: self._value(field) for field in fields}
        return {name: value for name, value in said.items() if value is not _NOTHING}

    def _value(self, field: Field) -> object:
        if field.clear and self.typed.has(CLEAR, field.path):
            return None if field.kind is Kind.GROUP else ""
        match field.kind:
            case Kind.GROUP:
                return self.group(field.inside) or ({} if field.required else _NOTHING)
            case Kind.ROWS:
                return self._rows(field) or _NOTHING
            case Kind.PLACES:
                return self._places(field) or _NOTHING
            case Kind.MEMBERS | Kind.CASES:
                return self.typed.every(field.path) or _NOTHING
            case _:
                text = self.typed.text(field.path)
                return self._said(field, text) if text else _NOTHING

    def _said(self, field: Field, text: str) -> object:
        match field.kind:
            case Kind.DAY | Kind.DATE:
                return self._day(field, text)
            case Kind.DIGITS | Kind.SECRET:
                return digits(text)
            case Kind.FLAG:
                return True
            case Kind.CHOICE:
                return "" if text == BLANK else text
            case Kind.HOUSEHOLD | Kind.RESIDENT:
                return self._looked_up(field, text)
            case _:
                return text

    def _day(self, field: Field, text: str) -> object:
        try:
            if field.kind is Kind.DAY:
                return read_day(text).isoformat()
            day = read_date(text, self.typed.text(f"{field.path}.day"))
        except WrongDate as refused:
            self.flaws[field.path] = _flaw(field.path, refused)
            return text
        if day.exact:
            return day.day.isoformat()
        return {"notation": day.notation, "day": day.day.isoformat()}

    def _looked_up(self, field: Field, text: str) -> str:
        found = self.found.get(field.path, Found(code="NOT_AN_ID"))
        if found.code:
            self.flaws[field.path] = wrong(field.path, found.code)
        return found.found_id or text

    def _rows(self, field: Field) -> list[dict[str, Any]]:
        """The rows in which something was said; where one is needed, the first all the same."""
        meant = [row for row in field.inside if not self.typed.has(OMIT, row.path)]
        said = [(row.path, self.group(row.inside)) for row in meant]
        told = [one for one in said if one[1]] or (said[:1] if field.required else [])
        for at, (path, _) in enumerate(told):
            self.places[f"{field.path}.{at}"] = path
        return [body for _, body in told]

    def _places(self, field: Field) -> list[dict[str, str]]:
        """Who is what to the head, of those of whom something was said."""
        said = [(one.value, self.typed.text(f"{field.path}.{one.value}")) for one in field.choices]
        told = [one for one in said if one[1]]
        for at, (member, _) in enumerate(told):
            self.places[f"{field.path}.{at}"] = f"{field.path}.{member}"
            self.places[f"{field.path}.{at}.relationship"] = f"{field.path}.{member}"
        return [{"resident_id": member, "relationship": text} for member, text in told]


def _flaw(path: str, refused: WrongDate) -> FieldError:
    """What is wrong with a day, and which was probably meant."""
    flaw = wrong(path, refused.code)
    if not isinstance(refused, OtherEra):
        return flaw
    meant = in_full(RegisterDate.on(refused.meant))
    return flaw.model_copy(
        update={
            "ja": f"{flaw.ja}{meant}ではありませんか。",
            "en": f"{flaw.en} Did you mean {refused.meant.isoformat()}?",
        }
    )
