"""A form as it stands on a page: what was typed, what was understood, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from api.console.form_fields import Kind
from api.console.form_reading import date_read, digits
from api.console.typed import CLEAR, OMIT
from domain.dates import RegisterDate, WrongDate
from domain.typed_dates import in_full, read_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from api.console.form_fields import Field
    from api.console.form_reading import Found, Reading
    from api.console.typed import Typed
    from api.fields import FieldError
    from api.problems import Problem

_SOMETHING = {Kind.GROUP, Kind.ROWS}
REMEDIES = {
    "POSSIBLE_DUPLICATE": ("not_the_same_as",),
    "HEAD_TO_BE_NAMED": ("stays.new_head", "new_head"),
    "HEAD_NOT_STAYING": ("stays.new_head", "new_head"),
    "RELATIONSHIP_MISSING": ("relationships",),
    "NOT_AMONG_MOVERS": ("relationships",),
    "ALREADY_RESIDENT": ("persons",),
    "NUMBERS_DIFFER": ("persons",),
    "NOT_RESIDENT": ("residents", "resident_id"),
    "OTHER_HOUSEHOLD": ("residents", "resident_id"),
    "ALREADY_LEAVING": ("residents",),
    "WHOLE_HOUSEHOLD": ("kind",),
    "PART_OF_HOUSEHOLD": ("kind",),
    "SAME_HOUSEHOLD": ("into",),
    "HEAD_GONE": ("into",),
    "OTHER_ADDRESS": ("into",),
    "BEFORE_ADDRESS": ("moved_on",),
    "SAME_MUNICIPALITY": ("destination.municipality",),
    "NOTHING_CHANGES": ("address", "corrections", "residents"),
    "MISSING_REASON": ("reason",),
}
"""Which field helps against a problem that is about no field, by the code of the problem."""


class Section(NamedTuple):
    """Fields that belong together."""

    title: str
    fields: tuple[Field, ...]
    note: str = ""
    folded: bool = False
    patches: bool = False
    """Whether blank means unchanged."""


class Flawed(NamedTuple):
    """One line of the summary of what is wrong; blank ``anchor`` where no field is on the page."""

    anchor: str
    label: str
    ja: str


class Told(NamedTuple):
    """One line of what was understood."""

    label: str
    words: str


class Filled:
    """One form on one page."""

    def __init__(
        self,
        sections: Iterable[Section],
        typed: Typed,
        found: Mapping[str, Found],
        reading: Reading | None = None,
        problem: Problem | None = None,
    ) -> None:
        self.sections = tuple(sections)
        self.typed = typed
        self.problem = problem
        self._found = found
        self._omitted = frozenset(typed.every(OMIT))
        self._labels = dict(_labelled(field for one in self.sections for field in one.fields))
        self._errors: dict[str, list[FieldError]] = {}
        for error in problem.errors if problem else ():
            self._take(error, reading)
        self._help = self._helping(problem, reading) if problem and not self._errors else []

    def _take(self, error: FieldError, reading: Reading | None) -> None:
        """Put an error beside its field; what could not be read is said in the page's words."""
        path = reading.place(error.field) if reading else error.field
        flaw = reading.flaws.get(path) if reading else None
        self._errors.setdefault(path, []).append(flaw or error)

    @property
    def rest(self) -> Iterator[tuple[str, str]]:
        """Everything a page carries along that does not show it; never a 個人番号."""
        secret = {field.path for field in self.every(Kind.SECRET)}
        return ((path, text) for path, text in self.typed if text and path not in secret)

    @property
    def summary(self) -> list[Flawed]:
        """Everything that is wrong, each with the way to its field."""
        wrong = [
            Flawed(self._anchor(path), self._label(path) or error.field_ja, error.ja)
            for path, errors in self._errors.items()
            for error in errors
        ]
        return wrong + [Flawed(self._anchor(path), self._label(path), "") for path in self._help]

    def _helping(self, problem: Problem, reading: Reading | None) -> list[str]:
        """Where to put right what is no fault of a field: at the persons named, or by its kind."""
        rows = [f"persons.{int(str(place)) - 1}" for place in _listed(problem.more.get("persons"))]
        if rows and reading:
            return [reading.place(row) for row in rows]
        helping = REMEDIES.get(problem.kind.code, ())
        return [path for path in helping if path in self._labels][:1]

    def every(self, kind: Kind) -> list[Field]:
        """All fields of a kind, inside groups and rows too, but of no row that is not meant."""
        fields = [one for part in self.sections for one in _within(part.fields, self._omitted)]
        return [one for one in fields if one.kind == kind]

    def errors(self, field: Field) -> list[FieldError]:
        """What is wrong with one field."""
        return self._errors.get(field.path, [])

    def text(self, field: Field) -> str:
        """What stands in it: what was typed, or what it says by itself on a fresh form."""
        return self.typed.text(field.path) if self.typed else field.default

    def clears(self, field: Field) -> bool:
        """Whether it is to be blank."""
        return self.typed.has(CLEAR, field.path)

    def called(self, field: Field) -> str:
        """Its name, and whose it is."""
        return self._label(field.path)

    def says(self, field: Field) -> bool:
        """Whether something stands in it, or is wrong with it."""
        return any(self._said(one) or self.errors(one) for one in _within([field]))

    def opened(self, section: Section) -> bool:
        """Whether a folded section has something to show."""
        helped = any(one.path in self._help for one in _within(section.fields))
        return helped or any(self.says(one) for one in section.fields)

    def reckons(self, field: Field) -> bool:
        """Whether an uncertain date wants, or has, a plain day beside its words."""
        text = self.typed.text(field.path)
        read = date_read(text, "") if text else None
        if isinstance(read, RegisterDate):
            return not read.exact
        return (read is not None and read.code == "DAY_NEEDED") or bool(
            self.typed.text(f"{field.path}.day")
        )

    def understood(self, field: Field) -> str:
        """What was read from a text that may be written in several ways; blank if nothing was."""
        text = self.typed.text(field.path)
        if field.kind is Kind.DATE and text:
            read = date_read(text, self.typed.text(f"{field.path}.day"))
            return in_full(read) if isinstance(read, RegisterDate) else ""
        if field.kind is Kind.DAY and text:
            return _day_in_full(text)
        return self._found[field.path].words if field.path in self._found else ""

    def whole(self, field: Field) -> str:
        """All of a field in words, a group with its parts."""
        said = [words for one in _within([field]) if (words := self._words(one))]
        return " ".join(said) or "（空欄）"

    def told(self, section: Section) -> list[Told]:
        """Everything said in a section, in the words of the office."""
        return [
            Told(self._labels[one.path], words)
            for one in _within(section.fields, self._omitted)
            if (words := self._words(one))
        ]

    def _words(self, field: Field) -> str:
        if self.clears(field) or field.kind in _SOMETHING:
            return field.clear if self.clears(field) else ""
        if field.kind in {Kind.MEMBERS, Kind.CASES}:
            return "、".join(_label(field, one) for one in self.typed.every(field.path))
        if field.kind is Kind.PLACES:
            told = ((one, self.typed.text(f"{field.path}.{one.value}")) for one in field.choices)
            return "、".join(f"{one.label} → {text}" for one, text in told if text)
        text = self.typed.text(field.path)
        return self._of_text(field, text) if text else ""

    def _of_text(self, field: Field, text: str) -> str:
        match field.kind:
            case Kind.FLAG:
                return "はい"
            case Kind.SECRET:
                return ""
            case Kind.CHOICE | Kind.MEMBER:
                return _label(field, text)
            case Kind.DIGITS:
                return digits(text)
            case _:
                return self.understood(field) or text

    def _said(self, field: Field) -> bool:
        usual = field.default if field.kind is Kind.CHOICE else ""
        return self._words(field) not in {"", usual}

    def _anchor(self, path: str) -> str:
        return "f-" + path.replace(".", "-") if path in self._labels else ""

    def _label(self, path: str) -> str:
        return self._labels.get(path, "")


def _listed(said: object) -> list[object]:
    return cast("list[object]", said) if isinstance(said, list) else []


def _within(fields: Iterable[Field], but: frozenset[str] = frozenset()) -> Iterator[Field]:
    for field in fields:
        if field.path not in but:
            yield field
            yield from _within(field.inside, but)


def _labelled(fields: Iterable[Field], before: str = "") -> Iterator[tuple[str, str]]:
    """Every field by its place, called so that one knows whose it is."""
    for field in fields:
        label = f"{before}の{field.label}" if before else field.label
        yield field.path, label
        inside = "" if field.kind is Kind.ROWS else label
        yield from _labelled(field.inside, inside)
        if field.kind is Kind.PLACES:
            for one in field.choices:
                yield f"{field.path}.{one.value}", f"{label}（{one.label}）"


def _label(field: Field, value: str) -> str:
    return next((one.label for one in field.choices if one.value == value), value)


def _day_in_full(text: str) -> str:
    try:
        return in_full(RegisterDate.on(read_day(text)))
    except WrongDate:
        return ""
