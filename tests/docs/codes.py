"""Every code an incident may have, read from what raises it: ours, and those of the simulators."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from local import HOME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_OURS = ("activities", "clients", "domain", "register", "workflows")
_RAISED = {"Refused", "ContractBroken", "Trouble"}
_DECLINED = {"Refusal", "check"}
_CODE = re.compile(r"[A-Z][A-Z0-9]*_?(?:[A-Z0-9]+_?)*")
NEVER_PARKED = {
    "IDEMPOTENCY_KEY_REUSED",
    "MUNICIPALITY_EXISTS",
    "MUNICIPALITY_UNKNOWN",
    "PARAMETER_UNKNOWN",
    "PARAMETER_VALUE",
    "STOCK_LEVELS",
}
"""Said by the API, or by commands, before there is a case."""


def of_incidents() -> dict[str, str]:
    """Each code with the kind of its incident; one that ends in ``_`` is a family's beginning."""
    codes = {code: _kind(name) for name, code in _said(_OURS, _RAISED)}
    codes |= {code: "refused" for _, code in _said(("simulators",), _DECLINED)}
    return {code: kind for code, kind in codes.items() if code not in NEVER_PARKED}


def _kind(name: str) -> str:
    return "contract_broken" if name == "ContractBroken" else "refused"


def _said(folders: Iterable[str], names: set[str]) -> Iterator[tuple[str, str]]:
    for path in _python(folders):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (name := _name(node.func)) in names:
                for part in (inner for one in node.args for inner in ast.walk(one)):
                    if isinstance(part, ast.Constant) and _CODE.fullmatch(str(part.value)):
                        yield name, str(part.value)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _python(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        yield from (HOME / folder).rglob("*.py")
