"""Problems as they are raised and answered: ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.fields import FieldError, errors_of
from api.problem_types import ProblemType
from domain.errors import Refused, Unavailable
from domain.identifiers import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

_log = structlog.stdlib.get_logger("api.problems")

EVERYWHERE = (
    ProblemType.NOT_IDENTIFIED,
    ProblemType.ROLE_NOT_ALLOWED,
    ProblemType.MUNICIPALITY_NOT_SERVED,
    ProblemType.INVALID_INPUT,
    ProblemType.ISSUER_UNAVAILABLE,
    ProblemType.REGISTER_UNAVAILABLE,
    ProblemType.INTERNAL_ERROR,
)
WITH_BODY = (
    ProblemType.MALFORMED_JSON,
    ProblemType.UNSUPPORTED_MEDIA_TYPE,
    ProblemType.BODY_TOO_LARGE,
)
ONCE = (
    *WITH_BODY,
    ProblemType.IDEMPOTENCY_KEY_MISSING,
    ProblemType.IDEMPOTENCY_KEY_MALFORMED,
    ProblemType.IDEMPOTENCY_KEY_REUSED,
)
"""What every POST that starts or decides something may answer."""

_OF_REFUSALS = {
    "IDEMPOTENCY_KEY_REUSED": ProblemType.IDEMPOTENCY_KEY_REUSED,
    "MUNICIPALITY_UNKNOWN": ProblemType.MUNICIPALITY_NOT_SERVED,
    "NUMBER_ALREADY_BOUND": ProblemType.NUMBER_BOUND,
    "NUMBER_AND_CODE_DIFFER": ProblemType.NUMBERS_DIFFER,
    "UNKNOWN_RESIDENT": ProblemType.UNKNOWN_RESIDENT,
}


class Problem(Exception):
    """A request that cannot be granted; ``more`` are ids and codes that help, never input."""

    def __init__(self, kind: ProblemType, *errors: FieldError, **more: object) -> None:
        super().__init__(kind.code)
        self.kind = kind
        self.errors = errors
        self.more = more


class ProblemAnswer(BaseModel):
    """問題の説明（RFC 9457）。日本語と英語で、何が起き、何が残り、次に何をするかを示す。"""

    type: str = Field(description="問題の種類（/docs の一覧に対応する）")
    status: int
    code: str = Field(description="変わることのない種類の符号。判別にはこれを使う")
    title: str
    title_en: str
    detail: str = Field(description="何が起きたか")
    detail_en: str
    kept: str = Field(description="何が登録され、何が残ったか")
    kept_en: str
    next: str = Field(description="次に何をすればよいか")
    next_en: str
    instance: str = Field(description="この一回の要求の番号")
    errors: list[FieldError] | None = Field(default=None, description="項目ごとの誤り")
    case_numbers: list[str] | None = Field(default=None, description="関係する案件")
    decision_id: UUID | None = Field(default=None, description="すでにある判断")
    open_incidents: list[UUID] | None = Field(default=None, description="今の対応待ち")
    verbs: list[str] | None = Field(default=None, description="選べる判断")
    version: int | None = Field(default=None, description="今の届出の版")
    persons: list[int] | None = Field(default=None, description="当てはまる人（1からの順）")
    roles: list[str] | None = Field(default=None, description="行える役割")


def of_refusal(refused: Refused) -> ProblemType:
    """What the register's refusal is to whoever asked."""
    return _OF_REFUSALS.get(refused.code, ProblemType.INTERNAL_ERROR)


def of_absence(away: Unavailable) -> ProblemType:
    """Who it is that cannot be reached: the identity provider, or our own register."""
    ours = not away.code.startswith("ISSUER_")
    return ProblemType.REGISTER_UNAVAILABLE if ours else ProblemType.ISSUER_UNAVAILABLE


def problems(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """What a route for callers may answer besides success, for its OpenAPI."""
    return problems_only(*kinds, *EVERYWHERE)


def problems_only(*kinds: ProblemType) -> dict[int | str, dict[str, Any]]:
    """These problems by status, each code with its words in two languages."""
    ordered = sorted(set(kinds), key=lambda kind: (kind.status, kind.code))
    return {
        int(status): _documented(list(group))
        for status, group in groupby(ordered, key=lambda kind: kind.status)
    }


def problem_examples() -> dict[str, dict[str, Any]]:
    """Every problem as OpenAPI shows it, once for all routes."""
    return {
        kind.code: {
            "summary": f"{kind.value.title.ja} / {kind.value.title.en}",
            "value": described(kind).model_dump(mode="json", exclude_none=True),
        }
        for kind in ProblemType
    }


def register_problems(app: FastAPI) -> None:
    """Answer everything that goes wrong as a problem, whoever raised it."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Exception, _defect)


def answered(
    kind: ProblemType,
    errors: tuple[FieldError, ...] = (),
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The answer to a request that met a problem."""
    body = described(kind).model_copy(
        update={"instance": f"urn:uuid:{new_id()}", "errors": list(errors) or None, **(more or {})}
    )
    if kind.status >= ProblemType.INTERNAL_ERROR.status:
        _log.warning("problem", code=kind.code, instance=body.instance)
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True),
        status_code=kind.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def described(kind: ProblemType) -> ProblemAnswer:
    """A problem in general, without the request that met it."""
    words = kind.value
    return ProblemAnswer(
        type=f"/docs#{kind.code}",
        status=kind.status,
        code=kind.code,
        title=words.title.ja,
        title_en=words.title.en,
        detail=words.happened.ja,
        detail_en=words.happened.en,
        kept=words.kept.ja,
        kept_en=words.kept.en,
        next=words.then.ja,
        next_en=words.then.en,
        instance="urn:uuid:00000000-0000-7000-8000-000000000000",
    )


def _documented(kinds: list[ProblemType]) -> dict[str, Any]:
    examples = {kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds}
    schema = {"$ref": "#/components/schemas/ProblemAnswer"}
    return {
        "description": "、".join(f"{kind.value.title.ja}（{kind.code}）" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


async def _problem(_request: Request, raised: Exception) -> JSONResponse:
    problem = cast("Problem", raised)
    headers = {"WWW-Authenticate": "Bearer"} if problem.kind is ProblemType.NOT_IDENTIFIED else None
    return answered(problem.kind, problem.errors, problem.more, headers)


async def _invalid_request(_request: Request, raised: Exception) -> JSONResponse:
    errors = cast("RequestValidationError", raised).errors()
    places = [error["loc"] for error in errors]
    if any(place[0] == "path" for place in places):
        return answered(ProblemType.NOT_FOUND)
    if ("header", "Idempotency-Key") in places:
        return answered(ProblemType.IDEMPOTENCY_KEY_MISSING)
    return answered(ProblemType.INVALID_INPUT, tuple(errors_of(errors, skip=1)))


async def _http(_request: Request, raised: Exception) -> JSONResponse:
    """What the framework itself refuses: unknown paths and methods."""
    refusal = cast("HTTPException", raised)
    unknown_method = refusal.status_code == ProblemType.METHOD_NOT_ALLOWED.status
    kind = ProblemType.METHOD_NOT_ALLOWED if unknown_method else ProblemType.NOT_FOUND
    return answered(kind, headers=refusal.headers)


async def _unavailable(_request: Request, raised: Exception) -> JSONResponse:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return answered(of_absence(cast("Unavailable", raised)), headers=headers)


async def _refused(_request: Request, raised: Exception) -> JSONResponse:
    return answered(of_refusal(cast("Refused", raised)))


async def _defect(_request: Request, _raised: Exception) -> JSONResponse:
    return answered(ProblemType.INTERNAL_ERROR)
