"""``/docs``: the OpenAPI document as one plain page, without scripts and from no other host."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from api.problem_types import ProblemType

if TYPE_CHECKING:
    from collections.abc import Iterator

STYLE = """
body { font: 16px/1.6 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 2px solid #246; }
details { border: 1px solid #bbc; border-radius: 4px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
code, pre { font-family: monospace; background: #f3f4f7; }
pre { padding: .6rem; overflow-x: auto; }
.verb { display: inline-block; min-width: 3.5rem; font-weight: bold; }
table { border-collapse: collapse; width: 100%; }
td, th { border: 1px solid #bbc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
"""


def page(document: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>jukiflow API</title>',
        '<link rel="stylesheet" href="/docs/style.css"></head><body>',
        f"<h1>{escape(document['info']['title'])} API</h1>",
        f"<p>{escape(document['info']['summary'])}</p>",
        f"<pre>{escape(document['info']['description'].strip())}</pre>",
        '<p><a href="/openapi.json">openapi.json</a></p>',
        *_operations(document),
        *_schemas(document),
        *_problems(),
        "</body></html>",
    ]
    return "".join(parts)


def _operations(document: dict[str, Any]) -> Iterator[str]:
    tag = ""
    for path, methods in document["paths"].items():
        for verb, operation in methods.items():
            if operation["tags"][0] != tag:
                tag = operation["tags"][0]
                yield f"<h2>{escape(tag)}</h2>"
            yield from _operation(path, verb, operation)


def _operation(path: str, verb: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<details><summary><span class="verb">{verb.upper()}</span> <code>{escape(path)}</code>'
    yield f" {escape(operation['summary'])}</summary>"
    yield f"<p>{escape(operation.get('description', ''))}</p>"
    for parameter in operation.get("parameters", []):
        needed = "（必須 / required）" if parameter.get("required") else ""
        yield f"<p><code>{escape(parameter['name'])}</code> {parameter['in']}{needed} "
        yield f"{escape(parameter.get('description', ''))}</p>"
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    yield _linked(body.get("schema", {}))
    for example in body.get("examples", {}).values():
        yield f"<p>{escape(example['summary'])}</p>{_json(example['value'])}"
    yield "<table>"
    for status, answer in operation["responses"].items():
        yield f"<tr><td>{status}</td><td>{escape(answer['description'])}{_answer(answer)}</td></tr>"
    yield "</table></details>"


def _answer(answer: dict[str, Any]) -> str:
    content = answer.get("content", {}).get("application/json", {})
    return _linked(content.get("schema", {}))


def _linked(schema: dict[str, Any]) -> str:
    name = schema.get("$ref", "").rpartition("/")[2]
    return f' → <a href="#schema-{name}">{name}</a>' if name else ""


def _schemas(document: dict[str, Any]) -> Iterator[str]:
    yield "<h2>形 / Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<details id="schema-{name}"><summary>{name} {escape(_first_line(schema))}</summary>'
        yield f"{_json(schema)}</details>"


def _first_line(schema: dict[str, Any]) -> str:
    return schema.get("description", "").partition("\n")[0]


def _problems() -> Iterator[str]:
    yield "<h2>問題の種類 / Problems</h2><table>"
    yield "<tr><th>code</th><th></th><th>何が起き、何が残り、次に何をするか</th></tr>"
    for kind in ProblemType:
        told = kind.value
        yield f'<tr id="{kind.code}"><td><code>{kind.code}</code></td><td>{kind.status:d}</td><td>'
        for words in (told.title, told.happened, told.kept, told.then):
            yield f"{escape(words.ja)}<br>{escape(words.en)}<br>"
        yield "</td></tr>"
    yield "</table>"


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</pre>"
