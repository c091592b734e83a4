"""Whatever may park a case has its advice, in the API, on the desk and in operations.md."""

from __future__ import annotations

import re
from collections import Counter

from api.runbook import _ADVICE, stated
from api.runbook_families import FAMILIES
from local import HOME
from tests.docs.codes import of_incidents

CODES = of_incidents()
ROWS = set(
    re.findall(
        r"^\| `([A-Z0-9_]+)", (HOME / "docs" / "operations.md").read_text("utf-8"), re.MULTILINE
    )
)


def test_every_code_of_an_incident_has_advice() -> None:
    """Of its own or of its family; the words for what nobody has told us are for others' codes.

    Red: raise `Refused` with a new code anywhere behind a step, or let a simulator refuse so.
    """
    assert [code for code in CODES if stated(code) is None] == []


def test_every_code_of_an_incident_has_a_row_in_operations() -> None:
    """Also where the API has words of its own for the same code, before there is a case."""
    told = ROWS | {f"{row.partition('_')[0]}_" for row in ROWS}
    assert [code for code in CODES if code not in told] == []


def test_no_advice_is_for_nothing() -> None:
    """A code that nothing raises any more is taken out; `WRONG_ID` is the inbox's own."""
    named = set(_ADVICE) | {code for family in FAMILIES for code in family.codes}
    assert named - set(CODES) - {"WRONG_ID"} == set()


def test_a_code_has_one_advice() -> None:
    """Either words of its own or a family, and one family only."""
    times = Counter([*_ADVICE, *(code for family in FAMILIES for code in family.codes)])
    assert [code for code, often in times.items() if often > 1] == []


def test_advice_speaks_two_languages() -> None:
    """In whole sentences."""
    for code in CODES:
        words = stated(code)
        assert words is not None
        assert words.ja.endswith(("。", "）")), code
        assert words.en.endswith("."), code
