"""Who asks, and what their role may do: the one place that reads a credential.

A token of the identity provider, where there is one; else a static bearer token per role and
municipality, from the settings.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import Enum
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import Verb
from runtime.settings import TokenRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.counter import Office
    from runtime.settings import TokenGrant

_DOTS_OF_A_SIGNED_TOKEN = 2


class Caller(NamedTuple):
    """Who asks: a client or member of staff, in one role, in one municipality."""

    client: str
    role: TokenRole
    municipality: str


class NotOurs(Exception):
    """A token nobody here should believe, or one that says nothing of a role or municipality."""


class Act(Enum):
    """What somebody may want to do; the value says which roles may."""

    REPORT = "届出を受け付ける"
    SEE_CASES = "案件を見る"
    SEE_PEOPLE = "住民と世帯を見る"
    FIND_BY_NUMBER = "個人番号で探す"
    REVEAL = "伏せた番号を開く"
    DECIDE = "判断する"
    WITHDRAW = "取下げを決める"
    CORRECT = "職権で修正する"
    CANCEL = "終わった異動を取り消す"
    APPROVE = "決裁する"
    READ_REPORTS = "届出の内容を読む"
    SEE_STOCK = "住民票コードの在庫を見る"
    ORDER_CODES = "住民票コードを補充する"
    READ_FEED = "異動の知らせを読む"
    SEE_INBOX = "受信箱を見る"
    HOLD_PEERS = "相手への送信を止める・再開する"
    SEE_BULK = "一括処理を見る"
    BULK = "まとめて判断する"
    CONFIRM_BULK = "件数の多い一括処理を確かめて始める"
    PAUSE_BULK = "一括処理を一時停止する"


_STAFF = frozenset({TokenRole.COUNTER, TokenRole.EXAMINER, TokenRole.CHIEF})
_ALL = frozenset(TokenRole)
_MAY: dict[Act, frozenset[TokenRole]] = {
    Act.REPORT: _STAFF | {TokenRole.CLIENT},
    Act.SEE_CASES: _ALL,
    Act.SEE_PEOPLE: _STAFF | {TokenRole.CLIENT},
    Act.FIND_BY_NUMBER: _STAFF,
    Act.REVEAL: _STAFF,
    Act.DECIDE: _STAFF,
    Act.WITHDRAW: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF}),
    Act.CORRECT: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF}),
    Act.CANCEL: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF}),
    Act.APPROVE: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF}),
    Act.READ_REPORTS: _STAFF,
    Act.SEE_STOCK: _ALL,
    Act.ORDER_CODES: frozenset({TokenRole.CHIEF, TokenRole.OPERATIONS}),
    Act.READ_FEED: _ALL,
    Act.SEE_INBOX: _STAFF,
    Act.HOLD_PEERS: frozenset({TokenRole.CHIEF, TokenRole.OPERATIONS}),
    Act.SEE_BULK: _STAFF | {TokenRole.OPERATIONS},
    Act.BULK: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF}),
    Act.CONFIRM_BULK: frozenset({TokenRole.CHIEF}),
    # Whoever sees that it does harm may hold it; going on is for those who decide.
    Act.PAUSE_BULK: frozenset({TokenRole.EXAMINER, TokenRole.CHIEF, TokenRole.OPERATIONS}),
}


def roles_for(act: Act) -> list[str]:
    """The roles that may do it, for people to read."""
    return sorted(_MAY[act])


def act_of(verb: Verb) -> Act:
    """Which act a decision is."""
    return Act.WITHDRAW if verb is Verb.WITHDRAW else Act.DECIDE


def may(role: str, act: Act) -> bool:
    """Whether somebody in this role may do it."""
    return role in _MAY[act]


def demand(caller: Caller, act: Act) -> None:
    """Raise `Problem` ROLE_NOT_ALLOWED unless the caller's role may do it."""
    if caller.role not in _MAY[act]:
        raise Problem(ProblemType.ROLE_NOT_ALLOWED, roles=roles_for(act))


class Tokens:
    """The bearer tokens of an installation, kept as hashes."""

    def __init__(self, grants: Mapping[str, TokenGrant]) -> None:
        self._callers = [
            (_digest(token), Caller(grant.client, grant.role, str(grant.municipality)))
            for token, grant in grants.items()
        ]

    def caller(self, token: str) -> Caller | None:
        """Whom a token stands for; takes as long whichever it is, and if it is none."""
        digest, found = _digest(token), None
        for known, caller in self._callers:
            if hmac.compare_digest(known, digest):
                found = caller
        return found

    def role_of(self, client: str, municipality: str) -> str:
        """The role in which somebody of this name works in the municipality; blank if nobody."""
        return next(
            (
                caller.role
                for _, caller in self._callers
                if (caller.client, caller.municipality) == (client, municipality)
            ),
            "",
        )


_bearer = HTTPBearer(
    scheme_name="token",
    description="役割と自治体ごとに渡されるトークン / A token per role and municipality",
    auto_error=False,
)


async def _caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    caller = await _known(request.state.office, credentials.credentials) if credentials else None
    if caller is None:
        raise Problem(ProblemType.NOT_IDENTIFIED)
    return caller


async def _known(office: Office, token: str) -> Caller | None:
    """Whose token it is: one of the settings, or one the identity provider has signed."""
    if caller := office.tokens.caller(token):
        return caller
    if office.issuer is None or token.count(".") != _DOTS_OF_A_SIGNED_TOKEN:
        return None
    try:
        return await office.issuer.caller(token)
    except NotOurs:
        return None


KnownCaller = Annotated[Caller, Depends(_caller)]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
