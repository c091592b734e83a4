"""The API's description of itself: OpenAPI, and the same as a page anybody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.bodies import FORMS
from api.docs_page import STYLE, page
from api.problems import ProblemAnswer, problem_examples

if TYPE_CHECKING:
    from pydantic import BaseModel

_REF = "#/components/schemas/{model}"
_ABOUT = """
住民記録システムの手続（まず出生付番）を始め、見守り、職員が直すための API です。

* どの要求にもトークンが要ります。トークンは一つの自治体の一つの役割を表します。
* 何かを始める、又は決める POST には `Idempotency-Key` が要ります。送り直しても一度しか行いません。
* **202 を返したものは失われません。** エンジンや処理機が止まっていても、必ず案件に届きます。
* 誤りは `application/problem+json` で、変わらない `code` と、日本語・英語の説明を返します。
  入力された値は返しません。
* 例の氏名・番号は架空です。個人番号はどの回答にも現れません。

Starts procedures of a resident register (出生付番 first), follows them, and lets staff repair them.
What was answered with 202 is never lost.  Problems carry a stable `code` and echo no input.
"""


def described(app: FastAPI) -> None:
    """Give the application its own OpenAPI document, made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi


def documents(app: FastAPI) -> APIRouter:
    """The routes that show it; nothing of them is loaded from elsewhere."""
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @router.get("/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))

    @router.get("/docs/style.css")
    async def style() -> Response:
        return Response(STYLE, media_type="text/css")

    return router


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="jukiflow",
        version="1",
        summary="住民記録の手続 / Procedures of a resident register",
        description=_ABOUT,
        routes=app.routes,
    )
    shown: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in FORMS.values()),
        (ProblemAnswer, "serialization"),
    ]
    _, schemas = models_json_schema(shown, ref_template=_REF)
    document["components"]["schemas"] |= schemas["$defs"]
    document["components"]["examples"] = problem_examples()
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return document
