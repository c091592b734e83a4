"""The API, composed: settings in, an application out; everything is built in its lifespan."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from api import (
    address_changes,
    approvals,
    births,
    bulk_repairs,
    cancellations,
    cases,
    certificate_serials,
    code_pool,
    completeness,
    corrections,
    deaths,
    decision_log,
    decisions,
    events,
    health,
    household_changes,
    households,
    identifier_changes,
    inbox,
    linkage_codes,
    move_ins,
    move_outs,
    notes,
    peers,
    reconciliations,
    residents,
    schedules,
    special_move_ins,
    stuck,
    visits,
)
from api.access import Tokens
from api.console.app import console
from api.counter import Office
from api.description import described, documents
from api.doorway import Doorway
from api.identity import known_by
from api.measures import Measures
from api.problems import register_problems
from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from api.identity import Issuer
    from runtime.settings import ApiSettings

ROUTERS = (
    births,
    move_outs,
    special_move_ins,
    move_ins,
    address_changes,
    household_changes,
    deaths,
    corrections,
    cancellations,
    identifier_changes,
    linkage_codes,
    certificate_serials,
    reconciliations,
    completeness,
    schedules,
    cases,
    stuck,
    visits,
    approvals,
    decisions,
    decision_log,
    notes,
    bulk_repairs,
    inbox,
    events,
    peers,
    residents,
    households,
    code_pool,
    health,
)


def application(settings: ApiSettings) -> FastAPI:
    """The whole API on one set of settings."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[dict[str, Any]]:
        async with (
            database.connected(settings, application="jukiflow-api") as pool,
            known_by(settings) as issuer,
        ):
            yield _state(settings, Transactions(pool), issuer)

    app = FastAPI(
        lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    for module in ROUTERS:
        app.include_router(module.router)
    app.include_router(documents(app))
    described(app)
    register_problems(app)
    if settings.console_url:
        app.mount("/console", console(settings))
    app.add_middleware(Doorway)
    return app


def _state(
    settings: ApiSettings, transactions: Transactions, issuer: Issuer | None
) -> dict[str, Any]:
    """What requests find in ``request.state``."""
    keys = keyring.load(settings.keyring_path)
    vault = Vault(keys, lambda: keyring.load(settings.keyring_path))
    secrets = {
        system: secret.get_secret_value() for system, secret in settings.api_inbox_secrets.items()
    }
    return {
        "office": Office(transactions, vault, Tokens(settings.api_tokens), secrets, issuer),
        "measures": Measures(transactions),
        "largest_body": settings.api_max_body,
    }
