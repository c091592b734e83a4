from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from clients import jlis_certificates
from domain.errors import ContractBroken
from domain.jpki import CertificateEvent, Purpose
from tests.clients.letters import CODE, TELEGRAM
from tests.numbers import resident_code

HELD: dict[str, Any] = {
    "シリアル番号": "123",
    "用途": "署名用",
    "発行日時": "2026-11-24T00:00:00+00:00",
    "有効期限": "2031-04-01",
    "状態": "有効",
    "失効事由": None,
    "失効日時": None,
    "旧シリアル番号": "122",
    "新シリアル番号": None,
    "住民票コード": CODE,
}
EVENT = HELD | {"事象": "更新", "発生日時": "2026-11-24T00:00:00+00:00"}


def test_a_certificate_is_read_with_its_chain() -> None:
    """旧 → 新 stays readable from both ends."""
    held = jlis_certificates.read_certificate(_answer(HELD), "123")

    assert (held.serial, held.purpose, held.code) == ("123", Purpose.SIGNATURE, CODE)
    assert (held.valid, held.replaces, held.replaced_by) == (True, "122", None)
    assert held.expires_on == date(2031, 4, 1)
    assert held.issued_at == datetime(2026, 11, 24, tzinfo=UTC)


FLAWS: list[tuple[dict[str, Any], str]] = [
    ({"シリアル番号": "124"}, "OTHER_SERIAL"),
    ({"住民票コード": str(resident_code(2))[:-1]}, "WRONG_CERTIFICATE"),
    ({"用途": "暗号用"}, "WRONG_CERTIFICATE"),
    ({"有効期限": "2031-02-30"}, "WRONG_CERTIFICATE"),
    ({"発行日時": "2026-11-24T00:00:00"}, "WRONG_CERTIFICATE"),
    ({"状態": "不明"}, "WRONG_CERTIFICATE"),
]


@pytest.mark.parametrize(("changes", "error"), FLAWS)
def test_a_certificate_is_read_whole_or_not_at_all(changes: dict[str, Any], error: str) -> None:
    """Nothing is linked by an answer that cannot be right, and its error repeats none of it.

    Red: with a 状態 that may be any text.
    """
    with pytest.raises(ContractBroken, match=f"^{error}$") as caught:
        jlis_certificates.read_certificate(_answer(HELD | changes), "123")
    assert caught.value.__suppress_context__ or error == "OTHER_SERIAL"


@pytest.mark.parametrize("item", [*HELD])
def test_no_item_of_a_certificate_may_be_missing(item: str) -> None:
    """Also the owner: where there is none, J-LIS says so."""
    said = {name: value for name, value in HELD.items() if name != item}

    with pytest.raises(ContractBroken, match=r"^MISSING_ITEM$"):
        jlis_certificates.read_certificate(_answer(said), "123")


def test_certificates_of_a_person_are_believed_only_if_they_are_theirs() -> None:
    answer = _answer({"電子証明書": [HELD], "住民票コード": CODE})

    assert [each.serial for each in jlis_certificates.read_certificates(answer, CODE)] == ["123"]
    with pytest.raises(ContractBroken, match=r"^OTHER_CODE$"):
        jlis_certificates.read_certificates(answer, resident_code(2))
    other = HELD | {"住民票コード": resident_code(2)}
    with pytest.raises(ContractBroken, match=r"^OTHER_CODE$"):
        jlis_certificates.read_certificates(
            _answer({"電子証明書": [other], "住民票コード": CODE}), CODE
        )
    with pytest.raises(ContractBroken, match=r"^MISSING_ITEM$"):
        jlis_certificates.read_certificates(_answer({"住民票コード": CODE}), CODE)


def test_changes_say_where_to_go_on() -> None:
    told = jlis_certificates.read_changes(
        _answer({"変更": [EVENT], "続き": True, "変更位置": "17"})
    )

    assert (told.more, told.place) == (True, "17")
    assert [each.event for each in told.changes] == [CertificateEvent.RENEWED]
    assert told.changes[0].certificate.replaces == "122"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"変更": [EVENT | {"事象": "紛失"}]}, "WRONG_CERTIFICATE"),
        ({"変更": [HELD]}, "MISSING_ITEM"),
        ({"続き": "yes"}, "WRONG_CERTIFICATE"),
        ({"変更位置": 17}, "WRONG_CERTIFICATE"),
    ],
)
def test_a_page_of_changes_is_read_whole_or_not_at_all(changes: dict[str, Any], error: str) -> None:
    """A page half read would be passed over for ever by who goes on after it."""
    page = {"変更": [EVENT], "続き": False, "変更位置": "17"} | changes

    with pytest.raises(ContractBroken, match=f"^{error}$"):
        jlis_certificates.read_changes(_answer(page))


def _answer(contents: dict[str, Any]) -> bytes:
    return json.dumps({"電文ID": str(TELEGRAM), "本文": contents}, ensure_ascii=False).encode()
