"""The API describes itself, so that a stranger can use it.

Asynchronous throughout: a plain test that were the first to ask for the API would be given a loop
of its own, and everything made in the other would be torn down.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from api.bodies import FORMS, form, parsed
from api.problem_types import ProblemType
from api.problems import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.counter import Api

WITHOUT_TOKEN = {"/healthz", "/readyz", "/metrics"}


async def test_every_reference_in_openapi_leads_somewhere(api: Api) -> None:
    """A document with loose ends is no document."""
    document = (await api.stranger().ask("GET", "/openapi.json")).json
    assert document["openapi"].startswith("3.1")
    for reference in _references(document):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in place, reference
            place = place[part]


async def test_every_component_has_a_name_openapi_allows(api: Api) -> None:
    """Names of components are ASCII, whatever language the rest speaks (OpenAPI 3.1, 4.8.7.1)."""
    for kind in api.app.openapi()["components"].values():
        assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in kind)


async def test_every_route_lists_its_errors_with_examples(api: Api) -> None:
    """401, 403, 422, 500 and 503 everywhere, each code shown in both languages."""
    for path, _, operation in _operations(api):
        if path in WITHOUT_TOKEN:
            continue
        listed = {int(status) for status in operation["responses"]}
        assert listed >= {401, 403, 422, 500, 503}, path
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                shown = answer["content"]["application/problem+json"]
                assert shown["schema"]["$ref"].endswith("ProblemAnswer")
                assert all(ProblemType[code].status == int(status) for code in shown["examples"])


async def test_every_route_is_described_in_two_languages(api: Api) -> None:
    """A summary and a tag in Japanese, a description in Japanese and English, one operation id."""
    ids: set[str] = set()
    for path, _, operation in _operations(api):
        assert re.search("[ぁ-ん一-鿿]", operation["summary"] + operation["tags"][0]), path
        assert re.search("[ぁ-ん一-鿿]", operation["description"]), path
        assert re.search("[A-Za-z]{3}", operation["description"]), path
        assert operation["operationId"] not in ids
        ids.add(operation["operationId"])


async def test_every_example_is_a_body_the_api_takes(api: Api) -> None:
    """An example that does not fit its form misleads; this reads each as the API would."""
    bodies = 0
    for _, _, operation in _operations(api):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        read = form(FORMS[content["schema"]["$ref"].rpartition("/")[2]])
        for example in content["examples"].values():
            read(example["value"])
            bodies += 1
    assert bodies >= 8


def test_every_problem_speaks_two_languages() -> None:
    """What happened, what was kept, what to do next: no sentence is left out."""
    for kind in ProblemType:
        told = described(kind).model_dump(exclude_none=True)
        assert all(told.values()), kind
        for words in ("title", "detail", "kept", "next"):
            assert re.search("[ぁ-んァ-ヶ一-鿿]", told[words]), kind
            assert not re.search("[ぁ-んァ-ヶ]", told[f"{words}_en"]), kind


async def test_the_page_for_people_loads_nothing_from_elsewhere(api: Api) -> None:
    """/docs is one page without scripts, and every problem has its place on it."""
    page = await api.stranger().ask("GET", "/docs")
    assert page.status == 200
    assert "<script" not in page.text
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page.text)
    assert all(f'id="{kind.code}"' in page.text for kind in ProblemType)
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert (await api.stranger().ask("GET", "/docs/style.css")).status == 200


async def test_an_unknown_address_is_a_problem_too(api: Api) -> None:
    """Nor is the path repeated."""
    unknown = await api.stranger().ask("GET", "/v1/秘密")
    assert (unknown.status, unknown.code) == (404, "NOT_FOUND")
    assert "秘密" not in unknown.text
    wrong = await api.stranger().ask("PUT", "/v1/births")
    assert (wrong.status, wrong.code) == (405, "METHOD_NOT_ALLOWED")


def test_a_parsed_body_is_what_was_written() -> None:
    """Code point by code point: nothing is normalised on the way in."""
    name = "葛\U000e0100城　か\u3099"
    assert parsed(f'{{"name": "{name}"}}'.encode())["name"] == name


def _operations(api: Api) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _references(value: Any) -> Iterator[str]:
    return iter(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(value)))
