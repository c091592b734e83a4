"""Who asks, and whether they may: the one place that reads a credential.

A token of the identity provider, where there is one; else a static bearer token per role and
municipality, from the settings.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import COLUMNS, Act, roles
from domain.cases import Procedure
from runtime.settings import TokenRole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.counter import Office
    from register.staff import Member
    from runtime.settings import TokenGrant

_DOTS_OF_A_SIGNED_TOKEN = 2


class Caller(NamedTuple):
    """Who asks: a client or member of staff, in one role, in one municipality."""

    client: str
    role: TokenRole
    municipality: str
    procedures: frozenset[str] | None = None
    """The only ones they have to do with, as far as more is done than looking at cases."""

    @classmethod
    def of(cls, member: Member, municipality: str) -> Caller:
        """One of the staff, as the identity provider last told of them."""
        only = None if member.procedures is None else frozenset(member.procedures)
        return cls(member.subject, TokenRole(member.role), municipality, only)

    def may(self, act: Act, *procedures: str) -> bool:
        """Whether they may do it with a case of one of these procedures; of any if none named."""
        if self.procedures is None or act is Act.SEE_CASES or act not in COLUMNS:
            return may(self.role, act, *procedures)
        wanted = procedures or tuple(Procedure)
        return any(may(self.role, act, one) for one in wanted if one in self.procedures)


class NotOurs(Exception):
    """A token nobody here should believe, or one that says nothing of a role or municipality."""


def roles_for(act: Act, *procedures: str) -> list[str]:
    """The roles that may do it, for people to read."""
    return sorted(roles(act, *procedures))


def may(role: str, act: Act, *procedures: str) -> bool:
    """Whether a role may do it with a case of one of these procedures; of any if none is named."""
    return role in roles(act, *procedures)


def demand(caller: Caller, act: Act, *procedures: str) -> None:
    """Raise `Problem` ROLE_NOT_ALLOWED unless the caller may do it with one of these procedures."""
    if not caller.may(act, *procedures):
        raise Problem(ProblemType.ROLE_NOT_ALLOWED, roles=roles_for(act, *procedures))


class Tokens:
    """The bearer tokens of an installation, kept as hashes."""

    def __init__(self, grants: Mapping[str, TokenGrant]) -> None:
        self._callers = [(_digest(token), _of(grant)) for token, grant in grants.items()]

    def caller(self, token: str) -> Caller | None:
        """Whom a token stands for; takes as long whichever it is, and if it is none."""
        digest, found = _digest(token), None
        for known, caller in self._callers:
            if hmac.compare_digest(known, digest):
                found = caller
        return found

    def of(self, client: str, municipality: str) -> Caller | None:
        """Somebody of this name who works in the municipality."""
        named = (caller for _, caller in self._callers if caller.client == client)
        return next((caller for caller in named if caller.municipality == municipality), None)


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


def _of(grant: TokenGrant) -> Caller:
    only = None if grant.procedures is None else frozenset(grant.procedures)
    return Caller(grant.client, grant.role, str(grant.municipality), only)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
