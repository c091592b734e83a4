"""What somebody typed into a form, by the place of each field, and nothing thought about it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.datastructures import FormData

_OURS = {"csrf", "key", "do"}
OMIT, CLEAR, OFFERED = "omit", "clear", "offered"
"""Rows that are not meant, fields that are to be blank, cases that may be named."""


class Typed:
    """The texts of a form; a place may have several where several may be ticked."""

    def __init__(self, said: Iterable[tuple[str, str]] = ()) -> None:
        self._said: dict[str, list[str]] = {}
        for path, text in said:
            self.add(path, text)

    @classmethod
    def of(cls, form: FormData) -> Typed:
        """What a browser sent; it ends lines as no text of ours does."""
        return cls(
            (path, text.replace("\r\n", "\n"))
            for path, text in form.multi_items()
            if isinstance(text, str) and path not in _OURS
        )

    def add(self, path: str, text: str) -> None:
        """One more text at a place."""
        self._said.setdefault(path, []).append(text)

    def text(self, path: str) -> str:
        """The text at a place; blank where there is none."""
        return self._said.get(path, [""])[0]

    def every(self, path: str) -> list[str]:
        """All texts at a place, each once."""
        return list(dict.fromkeys(self._said.get(path, ())))

    def has(self, path: str, text: str) -> bool:
        """Whether this was ticked there."""
        return text in self._said.get(path, ())

    def rows(self, path: str) -> int:
        """How many rows of a list were on the form."""
        begins = f"{path}."
        numbers = [
            place[len(begins) :].partition(".")[0]
            for place in self._said
            if place.startswith(begins)
        ]
        return max((int(number) + 1 for number in numbers if number.isdecimal()), default=0)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Everything, for a page that carries it along."""
        return ((path, text) for path, texts in self._said.items() for text in texts)

    def __bool__(self) -> bool:
        """Whether anything was typed at all."""
        return any(text for _, text in self)
