from __future__ import annotations

from typing import Any

import pytest

from clients import inbox
from clients.inbox import Push
from domain.errors import ContractBroken
from domain.moves import Certificate, Mover
from domain.residents import Address
from domain.telegrams import Message, Peer
from tests.clients.letters import (
    CHIYODA,
    CODE,
    HAKODATE,
    NUMBER,
    TELEGRAM,
    a_visit,
    an_envelope,
    items_of,
    said,
)
from tests.numbers import resident_code
from tests.simulators.office import an_entry

CERTIFICATE = items_of(said())
PUSH = Push(str(TELEGRAM), HAKODATE, '{"a":"山"}'.encode())


def test_only_who_knows_the_secret_can_sign() -> None:
    """HMAC-SHA256 over id, receiver and bytes: nothing of a message can be exchanged."""
    signature = inbox.signature_of(PUSH, "合言葉")

    assert inbox.is_genuine(PUSH, signature, "合言葉")
    for altered in (
        PUSH._replace(message_id=str(TELEGRAM)[:-1] + "8"),
        PUSH._replace(municipality=CHIYODA),
        PUSH._replace(body=PUSH.body + b" "),
    ):
        assert not inbox.is_genuine(altered, signature, "合言葉")
    for wrong in ("", "合", signature.upper(), signature[:-1]):
        assert not inbox.is_genuine(PUSH, wrong, "合言葉")
    assert not inbox.is_genuine(PUSH, signature, "別の合言葉")


def test_a_known_signature_stays_what_it_is() -> None:
    """The form both sides agreed on, as one example: sender and receiver share no code."""
    push = Push("6f1d0c1e-3f0b-4d0a-9f57-8a0f6a1c2b70", "012025", b"{}")

    assert inbox.signature_of(push, "secret") == (
        "99f9fcab2d027595603ec64ea0e386cb96f17ee7f231de504d9e9cd1e4fcecb9"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff"])
def test_what_is_no_json_object_breaks_the_contract(body: bytes) -> None:
    with pytest.raises(ContractBroken, match=r"^MALFORMED$"):
        inbox.read(Peer.JLIS, body)


def test_a_message_is_read_only_from_who_sends_such() -> None:
    """J-LIS sends no applications, and マイナポータル no certificates."""
    certificate = an_envelope("CS-05", CERTIFICATE)

    assert inbox.read(Peer.JLIS, certificate).kind is Message.CERTIFICATE
    for peer, body in (
        (Peer.MYNAPORTAL, certificate),
        (Peer.JLIS, an_envelope("OS-02", a_visit())),
        (Peer.JLIS, an_envelope("CS-04", CERTIFICATE)),
        (Peer.JLIS, an_envelope("CS-99", CERTIFICATE)),
    ):
        with pytest.raises(ContractBroken, match=r"^UNKNOWN_KIND$"):
            inbox.read(peer, body)


FLAWS: list[tuple[dict[str, Any], str]] = [
    ({"転出予定年月日": None}, "WRONG_CONTENTS"),
    ({"転出予定年月日": "2026-02-30"}, "WRONG_CONTENTS"),
    ({"転入地市町村コード": "012026"}, "WRONG_CONTENTS"),
    ({"対象者": []}, "WRONG_CONTENTS"),
    ({"対象者": [{}]}, "MISSING_ITEM"),
    ({"代表者": "90000000009"}, "WRONG_CONTENTS"),
]


@pytest.mark.parametrize(
    ("changes", "error"),
    FLAWS,
    ids=["予定日なし", "暦にない日", "市町村コード", "対象者なし", "項目なし", "代表者のコード"],
)
def test_a_certificate_is_read_whole_or_not_at_all(changes: dict[str, Any], error: str) -> None:
    """Nothing is taken from a message that cannot be right, and its error repeats none of it."""
    with pytest.raises(ContractBroken, match=f"^{error}$") as caught:
        _read(CERTIFICATE | changes)
    assert caught.value.__suppress_context__


def test_items_of_a_newer_release_are_passed_over() -> None:
    assert _read(CERTIFICATE | {"将来の項目": 1}) == said()


@pytest.mark.parametrize("item", ["電文ID", "市町村コード", "発信元", "発信日時", "本文"])
def test_an_envelope_says_from_whom_to_whom_and_when(item: str) -> None:
    with pytest.raises(ContractBroken, match="WRONG_CONTENTS"):
        inbox.read(Peer.JLIS, an_envelope("CS-05", CERTIFICATE, **{item: None}))


def test_a_representative_must_be_one_of_those_who_move() -> None:
    with pytest.raises(ContractBroken, match=r"^APPLICANT_MISSING$"):
        _read(items_of(said(applicant=resident_code(2))))


def test_an_unknown_day_keeps_its_wording() -> None:
    """The receiving register holds the words that the former one held."""
    worded = CERTIFICATE["対象者"][0] | {
        "生年月日": {"年月日": "1945-01-01", "不詳フラグ": True},
        "生年月日の表記": "昭和20年頃",
    }

    [read] = _read(CERTIFICATE | {"対象者": [worded]}).persons

    assert read.born_on.notation == "昭和20年頃"
    with pytest.raises(ContractBroken, match="WRONG_CONTENTS"):
        _read(CERTIFICATE | {"対象者": [worded | {"生年月日の表記": ""}]})
    with pytest.raises(ContractBroken, match="WRONG_CONTENTS"):
        _read(CERTIFICATE | {"対象者": [worded | {"生年月日の表記": "むかし"}]})


def test_what_was_substituted_is_told() -> None:
    """Staff ask for the right character; the rest is taken over."""
    address = Address(postal_code="1000001", line="東京都千代田区", building="葛\U000e0100荘")
    entry = an_entry(name="葛\U000e0100城　太郎", address=address)
    mover = Mover.leaving(CODE, NUMBER, entry, is_head=True)

    [read] = _read(items_of(said(persons=(mover,)))).persons

    assert (read.name, read.former_address.building) == ("〓城　太郎", "〓荘")
    assert read.substituted == ("name", "former_address")


def _read(contents: dict[str, Any]) -> Certificate:
    read = inbox.read(Peer.JLIS, an_envelope("CS-05", contents)).contents
    assert isinstance(read, Certificate)
    return read
