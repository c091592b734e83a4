"""The staff console (職員の机), composed: server-rendered pages below ``/console``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api.access import NotOurs
from api.console import (
    amendments,
    bulk,
    case_list,
    case_page,
    code_pool,
    decision_log,
    desk,
    doors,
    overview,
    peers,
    people,
    reconciliations,
    reports,
    schedules,
    stuck,
)
from api.console.pages import STATIC, page
from api.console.seats import NotFromHere, SignInFirst
from api.problem_types import ProblemType
from api.problems import Problem, of_absence, of_refusal
from domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from runtime.settings import ApiSettings

PAGES = (
    doors,
    desk,
    stuck,
    reports,
    case_list,
    case_page,
    amendments,
    bulk,
    people,
    peers,
    overview,
    schedules,
    reconciliations,
    decision_log,
    code_pool,
)


def console(settings: ApiSettings) -> FastAPI:
    """The console on one set of settings; what requests share is the API's."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.settings = settings
    for module in PAGES:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(NotOurs, _not_ours)
    app.add_exception_handler(NotFromHere, _not_from_here)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(HTTPException, _not_found)
    app.add_exception_handler(Exception, _defect)
    return app


async def _sign_in_first(request: Request, _raised: Exception) -> Response:
    """To the sign-in page, and from there back to where one wanted to go."""
    inside = request.url.path.removeprefix("/console").strip("/")
    then = inside if request.method == "GET" else ""
    return RedirectResponse(f"/console/sign-in?then={then}", status_code=303)


async def _not_ours(_request: Request, _raised: Exception) -> Response:
    return page("sorry", status=401, kind=None, sorry="sign-in")


async def _not_from_here(_request: Request, _raised: Exception) -> Response:
    return page("sorry", status=403, kind=None, sorry="form")


async def _problem(_request: Request, raised: Exception) -> Response:
    return _sorry(cast("Problem", raised).kind)


async def _unavailable(_request: Request, raised: Exception) -> Response:
    return _sorry(of_absence(cast("Unavailable", raised)))


async def _refused(_request: Request, raised: Exception) -> Response:
    return _sorry(of_refusal(cast("Refused", raised)))


async def _not_found(_request: Request, _raised: Exception) -> Response:
    return _sorry(ProblemType.NOT_FOUND)


async def _defect(_request: Request, _raised: Exception) -> Response:
    return _sorry(ProblemType.INTERNAL_ERROR)


def _sorry(kind: ProblemType) -> Response:
    """A problem of the API, as a page."""
    return page("sorry", status=kind.status, kind=kind, sorry="")
