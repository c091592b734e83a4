"""What documents say of the code is held against the code: a wrong line turns the suite red."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, cast

import pytest
from typer.main import get_command

from api.problem_types import ProblemType
from cli.__main__ import app
from domain.cases import Procedure
from domain.differences import DIFFERENCES
from domain.stuck import WORDS as STUCK
from local import HOME
from local.documents import pages, step_table, told_anew, written
from workflows.rehearsal import PROCEDURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from click import Group

DOCUMENTS = sorted([*HOME.glob("*.md"), *HOME.glob("docs/**/*.md")])
OPERATIONS = HOME / "docs" / "operations.md"
GLOSSARY = HOME / "docs" / "glossary.md"
DECISIONS = HOME / "docs" / "adr"

PRODUCT = ("activities", "api", "clients", "domain", "register", "relay", "runtime", "worker")
SOURCES = (*PRODUCT, "bench", "cli", "local", "simulators", "workflows")
RAISED = {"Unavailable", "Refused", "ContractBroken", "KeyringUnusable"}
# `jukiflow import` and `municipality` say these as sentences; they never reach a case.
SAID_BY_COMMANDS = {
    "MUNICIPALITY_EXISTS",
    "MUNICIPALITY_UNKNOWN",
    "PARAMETER_UNKNOWN",
    "PARAMETER_VALUE",
    "STOCK_LEVELS",
}
HOSTS = {
    "127.0.0.1",
    "keepachangelog.com",
    "localhost",
    "semver.org",
    "simulators",
    "www.apache.org",
}


REPORTED = (
    Procedure.ADDRESS_CHANGE,
    Procedure.HOUSEHOLD_CHANGE,
    Procedure.DEATH,
    Procedure.CORRECTION,
    Procedure.CANCELLATION,
    Procedure.CODE_CHANGE,
    Procedure.NUMBER_CHANGE,
    Procedure.LINKAGE_CODE,
    Procedure.CERTIFICATE_SERIAL,
    Procedure.SERIAL_BATCH,
    Procedure.RECONCILIATION,
    Procedure.REPAIR,
    Procedure.BULK,
)
"""What becomes of people who live here, and the upkeep around them."""


_ARROW = re.compile(r"    (\[\*\]|[^:\s{-]+) --> (\[\*\]|[^:\s{-]+)(?:: [^:;]+)?")
_CODE = re.compile(r"[A-Z][A-Z0-9]*_?(?:[A-Z0-9]+_?)*")


def _place(document: Path) -> str:
    return str(document.relative_to(HOME))


@pytest.mark.parametrize("page", written(), ids=lambda page: page.name)
def test_tables_of_documents_say_what_the_code_does(page: Path) -> None:
    """`make docs` writes the tables; a step, or a right, changed without it is found here."""
    assert told_anew(page) == page.read_text("utf-8"), "run: make docs"


def test_every_procedure_has_a_page() -> None:
    """Whoever adds a procedure tells its story to people, too."""
    marks = {mark for page in pages() for mark in re.findall(r"steps: (\S+)", _text(page))}

    assert marks == {_procedure(kind) for kind in PROCEDURES}


STORIES = [page for page in pages() if page.name != "README.md"]


@pytest.mark.parametrize("page", STORIES, ids=lambda page: page.name)
def test_every_page_shows_its_steps_and_its_states(page: Path) -> None:
    """A newcomer sees what is done in which order, and where a case may stand.

    Red: take either out of a page.
    """
    text = _text(page)

    assert re.search(r"<!-- steps: \S+ -->\n\|", text)
    assert "```mermaid\nstateDiagram-v2\n" in text


@pytest.mark.parametrize("page", STORIES, ids=lambda page: page.name)
def test_a_picture_of_states_can_be_drawn_and_leads_to_an_end(page: Path) -> None:
    """Every line is one transition; from every state there is a way, and to every state one.

    Red twice: at a state of 特例転入 nobody came out of, and at one of 転居.
    """
    for picture in re.findall(r"stateDiagram-v2\n(.*?)```", _text(page), re.DOTALL):
        lines = [_ARROW.fullmatch(line) for line in picture.splitlines()]
        arrows = [line.groups() for line in lines if line is not None]

        assert len(arrows) == len(lines)
        assert {left for left, _ in arrows} == {right for _, right in arrows}


def test_the_index_of_procedures_leads_to_each_page() -> None:
    """Under the name operators read."""
    index = _text(HOME / "docs" / "procedures" / "README.md")
    told = dict(re.findall(r"^\| \[(.+?)\]\((.+?)\)", index, re.MULTILINE))
    named = {
        procedure: page.name
        for page in STORIES
        for procedure in re.findall(r"steps: (\S+)", _text(page))
    }

    assert told == named


@pytest.mark.parametrize("procedure", REPORTED, ids=str)
def test_the_runbook_says_of_each_change_where_it_may_stop(procedure: Procedure) -> None:
    """In its own chapter, with what is left and what staff do."""
    chapter = _text(OPERATIONS).split("## 14. ")[1]
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \| [^|]+ \|$", chapter, re.MULTILINE)

    assert procedure in {name for cell in rows for name in cell.split("、")}


def test_an_unknown_procedure_has_no_table() -> None:
    with pytest.raises(LookupError):
        step_table("火星転入")


@pytest.mark.parametrize("document", DOCUMENTS, ids=_place)
def test_every_make_target_named_in_a_document_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text(HOME / "Makefile"), re.MULTILINE))

    assert set(re.findall(r"`make ([a-z][a-z-]*)", _shown(document))) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=_place)
def test_every_command_named_in_a_document_exists(document: Path) -> None:
    commands = cast("Group", get_command(app)).commands

    named = set(re.findall(r"`jukiflow ([a-z][a-z-]*)", _shown(document)))

    assert named <= set(commands)


@pytest.mark.parametrize("document", DOCUMENTS, ids=_place)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", _text(document))
    inside = [link for link in links if not link.startswith("http")]

    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_every_picture_is_shown_somewhere_and_says_what_it_shows() -> None:
    """They are taken by ``make pictures``; one that no document shows is taken for nobody."""
    shown = {
        (document.parent / found[2]).resolve(): found[1]
        for document in DOCUMENTS
        for found in re.finditer(r"!\[([^\]]*)\]\(([^)\s]+\.png)\)", _text(document))
    }

    assert {*shown} == {*(HOME / "docs" / "images").resolve().glob("*.png")}
    assert all(shown.values())


def test_every_decision_is_indexed() -> None:
    """docs/adr/README.md lists each record once, by its own title."""
    index = _text(DECISIONS / "README.md")
    records = sorted(path for path in DECISIONS.glob("*.md") if path.name != "README.md")

    titles = {path.name: _text(path).splitlines()[0].removeprefix("# ") for path in records}

    assert re.findall(r"\[(.+)\]\((\d{4}-.+\.md)\)", index) == [
        (title, name) for name, title in titles.items()
    ]


def test_every_identifier_of_the_glossary_stands_in_the_code() -> None:
    """A renamed thing is renamed in the glossary as well."""
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", _text(GLOSSARY), re.MULTILINE)
    named = {name for cell in rows for name in re.findall(r"`([^`]+)`", cell)}
    words = set(re.findall(r"[A-Z]{2}-\d{2}|[A-Za-z_][A-Za-z0-9_]*", _sources()))

    assert {name for name in named if not set(name.split(".")) <= words} == set()


def test_every_error_code_has_a_row_in_the_runbook() -> None:
    """operations.md, or the API's own words for a problem, say what to do about each code."""
    told = set(re.findall(r"^\| `([A-Z0-9_]+)", _text(OPERATIONS), re.MULTILINE))
    raised = {code for path in _python(PRODUCT) for code in _raised(path)}
    problems = {kind.code for kind in ProblemType}

    assert raised - told - problems - SAID_BY_COMMANDS == set()


def test_every_kind_of_difference_has_a_row_in_the_runbook() -> None:
    """With its words and its repair as staff see them."""
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|(.+)\|$", _text(OPERATIONS), re.MULTILINE))

    for kind, words in DIFFERENCES.items():
        assert words.ja in rows[kind]
        assert (words.repair.ja if words.repair else words.advice) in rows[kind]


def test_every_way_to_stand_still_has_a_row_in_the_runbook() -> None:
    """With the words staff read on the case, and what operations do."""
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|(.+)\|$", _text(OPERATIONS), re.MULTILINE))

    for kind, words in STUCK.items():
        assert words.means.ja in rows[kind]
        assert words.do.ja in rows[kind]


def test_the_runbook_lists_no_code_that_nothing_raises() -> None:
    told = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)", _text(OPERATIONS), re.MULTILINE))

    sources = _sources()

    assert {code for code in told if f'"{code}' not in sources} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_place)
def test_every_setting_and_measure_named_in_a_document_exists(document: Path) -> None:
    settings = set(re.findall(r"JUKI_[A-Z_]+", _text(HOME / ".env.example")))
    names = set(re.findall(r"juki_[a-z_]+", _sources()))

    assert set(re.findall(r"JUKI_[A-Z_]+", _text(document))) <= settings
    assert set(re.findall(r"`(juki_[a-z_]+)`", _text(document))) <= names


@pytest.mark.parametrize("document", DOCUMENTS, ids=_place)
def test_documents_name_no_machine(document: Path) -> None:
    """No path of somebody's machine, and no host but a few that everybody knows."""
    text = _text(document)
    hosts = set(re.findall(r"https?://([A-Za-z0-9.-]+)", text))

    assert hosts <= HOSTS
    assert re.findall(r"(?<![\w.~])/(?:home|root|Users|tmp|mnt)/\S*", text) == []


def _raised(path: Path) -> Iterator[str]:
    """Codes in the first argument of every error made here; a family by its beginning."""
    for node in ast.walk(ast.parse(_text(path))):
        if isinstance(node, ast.Call) and _name(node.func) in RAISED and node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and _CODE.fullmatch(str(part.value)):
                    yield str(part.value)


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def _shown(document: Path) -> str:
    """The text with the first word of every line of a code block back-quoted like the rest."""
    return re.sub(
        r"^(?:\.venv/bin/)?(make|jukiflow) ", r"`\1 ", _text(document), flags=re.MULTILINE
    )


def _procedure(kind: type) -> str:
    return getattr(kind, "__temporal_workflow_definition").name


def _python(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        yield from (HOME / folder).rglob("*.py")


def _sources() -> str:
    sql = (HOME / "register").rglob("*.sql")
    return "\n".join(_text(path) for path in [*_python(SOURCES), *sql])


def _text(path: Path) -> str:
    return path.read_text("utf-8")
