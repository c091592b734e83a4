"""One kind of problem (RFC 9457): its status, and its words for people, in Japanese and English.

No word of a kind ever contains what the caller sent.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple


class Words(NamedTuple):
    """The same sentence twice, for staff and for whoever builds a client."""

    ja: str
    en: str


class Kind(NamedTuple):
    """What one problem means: its title, what happened, what to do next, what was kept."""

    status: HTTPStatus
    title: Words
    happened: Words
    then: Words
    kept: Words


NOTHING = Words("何も登録していません。", "Nothing was stored.")
STANDS = Words("案件はそのまま残っています。", "The case stands as it was.")
SEND_CORRECTED = Words(
    "示した項目を直して、もう一度送ってください。", "Correct the fields named and send it again."
)
READ_CASE = Words(
    "案件を読み直し、今の状態を見て決め直してください。",
    "Read the case again and decide on what stands now.",
)


def bad(title: Words, happened: Words, then: Words = SEND_CORRECTED) -> Kind:
    """What was sent cannot be stored (422); nothing was."""
    return Kind(HTTPStatus.UNPROCESSABLE_ENTITY, title, happened, then, NOTHING)


def conflict(title: Words, happened: Words, then: Words = READ_CASE) -> Kind:
    """The case stands otherwise than the caller thinks (409), and stays as it was."""
    return Kind(HTTPStatus.CONFLICT, title, happened, then, STANDS)


def not_now(title: Words, happened: Words, then: Words) -> Kind:
    """The register stands in the way (409); nothing was stored."""
    return Kind(HTTPStatus.CONFLICT, title, happened, then, NOTHING)


def unknown(title: Words, happened: Words) -> Kind:
    """Nobody and nothing of this id, seen from this municipality (404)."""
    then = Words(
        "番号と、どの自治体の利用者かを確かめてください。",
        "Check the id, and for which municipality your token speaks.",
    )
    return Kind(HTTPStatus.NOT_FOUND, title, happened, then, NOTHING)
