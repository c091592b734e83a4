from __future__ import annotations

import json
from typing import Any

import pytest

from clients import jlis, jlis_moves, mynaportal
from domain.errors import ContractBroken
from domain.moves import PortalState, PortalStatus
from tests.clients.letters import (
    CHIYODA,
    CODE,
    NUMBER,
    TELEGRAM,
    an_envelope,
    items_of,
    said,
)
from tests.numbers import resident_code


def test_the_same_certificate_makes_the_same_bytes() -> None:
    """The bytes are stored before they leave, and a resend sends these."""
    first, again = (jlis_moves.certificate(CHIYODA, TELEGRAM, said()) for _ in range(2))

    assert first == again


def test_every_message_about_a_move_names_its_id_kind_and_municipality() -> None:
    told = PortalStatus(application_id=TELEGRAM, state=PortalState.DONE)
    bodies = {
        "CS-05": jlis_moves.void_certificate(CHIYODA, TELEGRAM, TELEGRAM),
        "CS-14": jlis.serials_query(CHIYODA, TELEGRAM, CODE),
        "OS-03": mynaportal.status(CHIYODA, TELEGRAM, told),
    }

    for kind, body in bodies.items():
        telegram = json.loads(body)
        assert telegram["電文ID"] == str(TELEGRAM)
        assert (telegram["電文種別"], telegram["市町村コード"]) == (kind, CHIYODA)


def test_a_certificate_that_was_asked_for_is_read_like_one_that_was_pushed() -> None:
    arrival = jlis_moves.read_certificate(_answer(items_of(said())), CODE)

    assert arrival.message_id == TELEGRAM
    assert arrival.contents == said()


@pytest.mark.parametrize(
    ("contents", "error"),
    [
        ({}, "MISSING_ITEM"),
        ({"取消": True, "取消対象電文ID": str(TELEGRAM)}, "UNKNOWN_KIND"),
    ],
)
def test_no_other_answer_is_taken_for_a_certificate(contents: dict[str, Any], error: str) -> None:
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis_moves.read_certificate(_answer(contents), CODE)


def test_a_certificate_must_be_about_who_was_asked_for() -> None:
    with pytest.raises(ContractBroken, match=r"^OTHER_CODE$"):
        jlis_moves.read_certificate(_answer(items_of(said())), resident_code(2))
    with pytest.raises(ContractBroken, match=r"^MISSING_ITEM$"):
        jlis_moves.read_certificate(b'{"\xe6\x9c\xac\xe6\x96\x87":{}}', CODE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"シリアル番号": "2", "住民票コード": CODE}, "OTHER_SERIAL"),
        ({"シリアル番号": "1", "住民票コード": NUMBER}, "WRONG_CODE"),
        ({"シリアル番号": "1"}, "MISSING_ITEM"),
    ],
)
def test_an_owner_is_believed_only_if_it_is_about_this_serial_number(
    answer: dict[str, Any], error: str
) -> None:
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis.read_serial(_contents(answer), "1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"住民票コード": resident_code(2)}, "OTHER_CODE"),
        ({"住民票コード": CODE, "署名用シリアル番号": None}, "MISSING_ITEM"),
        (
            {"住民票コード": CODE, "署名用シリアル番号": 1, "利用者証明用シリアル番号": None},
            "WRONG_SERIAL",
        ),
    ],
)
def test_serial_numbers_are_believed_only_if_they_are_about_this_person(
    answer: dict[str, Any], error: str
) -> None:
    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis.read_serials(_contents(answer), CODE)


def _answer(certificate: dict[str, Any]) -> bytes:
    return _contents({"転出証明書情報": json.loads(an_envelope("CS-05", certificate))})


def _contents(contents: dict[str, Any]) -> bytes:
    return json.dumps({"電文ID": str(TELEGRAM), "本文": contents}, ensure_ascii=False).encode()
