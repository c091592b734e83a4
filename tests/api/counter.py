"""The API as its callers meet it: over HTTP, with a token, each answer held against OpenAPI."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import aiohttp
import uvicorn
from pydantic import SecretStr

from api.app import application
from runtime.settings import ApiSettings, TokenGrant, TokenRole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Mapping
    from pathlib import Path

    from fastapi import FastAPI
    from yarl import URL

    from domain.numbers import MunicipalityCode
    from tests.towns import Town

JSON_TYPE = {"Content-Type": "application/json"}
LARGEST = 16_384
INBOX_SECRETS = {"jlis": "住基の合言葉", "mynaportal": "申請の合言葉"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.text
        return self.json["code"]

    @property
    def fields(self) -> set[tuple[str, str]]:
        """Which fields are wrong, and how."""
        assert self.code == "INVALID_INPUT", self.text
        for error in self.json["errors"]:
            assert error["ja"], error
            assert error["en"], error
            assert error["field_ja"], error
        return {(error["field"], error["code"]) for error in self.json["errors"]}


class Client:
    """One token's holder."""

    def __init__(self, session: aiohttp.ClientSession, app: FastAPI, token: str) -> None:
        self._session = session
        self._document = app.openapi()
        self.token = token

    async def get(self, path: str | URL, **params: str) -> Answer:
        """Ask."""
        return await self.ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        """Send a body as JSON, under a fresh key unless one is given."""
        raw = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        return await self.send(path, raw, key=key)

    async def send(
        self, path: str, raw: bytes | None, *, key: str | None = None, **headers: str
    ) -> Answer:
        """Send exactly these bytes."""
        kind = JSON_TYPE if raw is not None else {}
        return await self.ask(
            "POST",
            path,
            data=raw,
            headers={"Idempotency-Key": key or str(uuid4())} | kind | headers,
        )

    async def ask(self, method: str, path: str | URL, **request: Any) -> Answer:
        """One exchange; a problem must be one that OpenAPI lists for the route."""
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        headers = {name: value for name, value in headers.items() if value}
        async with self._session.request(method, path, headers=headers, **request) as response:
            answer = Answer(response.status, response.headers, await response.text())
        if answer.status >= 400:
            self._check_listed(method, str(path), answer)
        return answer

    def _check_listed(self, method: str, path: str, answer: Answer) -> None:
        for template, operations in self._document["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                listed = operations[method.lower()]["responses"].get(str(answer.status), {})
                examples = listed.get("content", {}).get("application/problem+json", {})
                known = answer.code in examples.get("examples", {})
                assert known or answer.code == "NOT_FOUND", (method, template, answer.code)


class Api:
    """A served API, and tokens for every role in each of the towns it was given."""

    def __init__(self, app: FastAPI, session: aiohttp.ClientSession, secret: str) -> None:
        self.app = app
        self.session = session
        self._secret = secret

    def client(self, town: Town, role: TokenRole = TokenRole.CHIEF) -> Client:
        """Somebody of that role in that town."""
        return Client(self.session, self.app, f"{role}-{town.code}-{self._secret}")

    def stranger(self, token: str = "") -> Client:
        """Somebody without a token, or with a wrong one."""
        return Client(self.session, self.app, token)


@asynccontextmanager
async def an_api(
    url: str, keyring: Path, municipalities: Iterable[MunicipalityCode], **settled: Any
) -> AsyncGenerator[Api]:
    """Serve the API on any free port, or ``api_port``; a token per role in each municipality."""
    secret = str(uuid4())
    usual: dict[str, Any] = {"api_port": 0, "api_tokens": _tokens(municipalities, secret)}
    settings = ApiSettings(
        **(usual | settled),
        database_url=SecretStr(url),
        database_pool_min=0,
        keyring_path=keyring,
        api_max_body=LARGEST,
        api_inbox_secrets={system: SecretStr(secret) for system, secret in INBOX_SECRETS.items()},
    )
    app = application(settings)
    async with served(app, settings.api_port) as address, aiohttp.ClientSession(address) as session:
        yield Api(app, session, secret)


def _tokens(municipalities: Iterable[MunicipalityCode], secret: str) -> dict[str, TokenGrant]:
    return {
        f"{role}-{code}-{secret}": TokenGrant(client=f"{role}-01", role=role, municipality=code)
        for code in municipalities
        for role in TokenRole
    }


@asynccontextmanager
async def served(app: FastAPI, port: int = 0) -> AsyncGenerator[str]:
    """Serve an application in this event loop; where it listens."""
    config = uvicorn.Config(
        app,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(20):
            await server.standing.wait()
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Says when it stands, and leaves the signals of the test run alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.standing = asyncio.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.standing.set()

    def capture_signals(self) -> Any:
        return nullcontext()
