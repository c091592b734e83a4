"""Whether this process stands, and what operations count."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from api.problem_types import ProblemType
from api.problems import answered, problems_only

router = APIRouter(tags=["運用"])


@router.get("/healthz", summary="動いているか", response_class=PlainTextResponse)
async def healthz() -> str:
    """この処理が動いていれば 200。

    200 while this process runs.
    """
    return "ok\n"


@router.get(
    "/readyz",
    summary="受け付けられるか",
    response_class=PlainTextResponse,
    responses=problems_only(ProblemType.REGISTER_UNAVAILABLE),
)
async def readyz(request: Request) -> Response:
    """台帳に書き込める状態なら 200。

    200 while the register answers.
    """
    ready = await request.state.measures.ready()
    return PlainTextResponse("ok\n") if ready else answered(ProblemType.REGISTER_UNAVAILABLE)


@router.get(
    "/metrics",
    summary="計数",
    response_class=PlainTextResponse,
    responses=problems_only(ProblemType.REGISTER_UNAVAILABLE, ProblemType.INTERNAL_ERROR),
)
async def metrics(request: Request) -> Response:
    """Prometheus 形式。数だけで、個人の情報はない。

    Counts in Prometheus' text format; nobody's data.
    """
    shown = await request.state.measures.shown()
    return PlainTextResponse(shown, media_type="text/plain; version=0.0.4; charset=utf-8")
