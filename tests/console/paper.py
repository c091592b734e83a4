"""A form of the console on paper: every control that is there, filled in as somebody does."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.console.visitor import Page, Visitor


class Paper(HTMLParser):
    """One form of a page: what stands in its controls, and what may be ticked or chosen."""

    def __init__(self, page: Page, action: str) -> None:
        super().__init__()
        self.action = action
        self.controls: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.buttons: list[str] = []
        self._inside = False
        self._area = self._select = ""
        self.feed(page.text)
        assert self.controls, f"no form leads to {action}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One control."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = told.get("action") == self.action
        elif self._inside:
            self._control(tag, told.get("name", ""), told)

    def _control(self, tag: str, name: str, told: dict[str, str]) -> None:
        match tag:
            case "input" if told.get("type") == "checkbox":
                self.choices.setdefault(name, []).append(told["value"])
                if "checked" in told:
                    self.controls.setdefault(name, []).append(told["value"])
            case "input":
                self.controls.setdefault(name, []).append(told.get("value", ""))
            case "button" if name == "do":
                self.buttons.append(told["value"])
            case "option":
                self.choices.setdefault(self._select, []).append(told["value"])
                if "selected" in told:
                    self.controls[self._select] = [told["value"]]
            case _:
                self._opens(tag, name)

    def _opens(self, tag: str, name: str) -> None:
        """A control that goes on until it ends."""
        self._select = name if tag == "select" else self._select
        self._area = name if tag == "textarea" else self._area
        if tag in {"select", "textarea"}:
            self.controls[name] = [""]

    def handle_data(self, data: str) -> None:
        """The text of a control of several lines."""
        if self._area:
            self.controls[self._area] = [data]

    def handle_endtag(self, tag: str) -> None:
        """Where a control or the form ends."""
        if tag == "textarea":
            self._area = ""
        if tag == "form":
            self._inside = False

    def writes(self, name: str, text: str) -> None:
        """Write into a control that is there, or choose what may be chosen."""
        assert name in self.controls, (name, sorted(self.controls))
        assert name not in self.choices or text in self.choices[name], (name, text)
        self.controls[name] = [text]

    def ticks(self, name: str, value: str) -> None:
        """Tick a box that is there."""
        assert value in self.choices.get(name, []), (name, value, self.choices.get(name))
        self.controls.setdefault(name, []).append(value)

    def text(self, name: str) -> str:
        """What stands in a control."""
        return self.controls[name][0]

    async def sent(self, visitor: Visitor, do: str = "check") -> Page:
        """Press a button that is there."""
        assert do in self.buttons, (do, self.buttons)
        filled = [(name, text) for name, texts in self.controls.items() for text in texts]
        url = f"{visitor.url}{self.action}"
        return await visitor.asks("POST", url, data=[*filled, ("do", do)])
