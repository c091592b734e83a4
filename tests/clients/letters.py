"""What others push to us, written by hand item by item."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from clients import jlis_moves
from domain.moves import Certificate, Mover
from domain.numbers import MunicipalityCode
from tests.numbers import my_number, resident_code
from tests.simulators.office import an_entry

CHIYODA, HAKODATE = MunicipalityCode("131016"), MunicipalityCode("012025")
TELEGRAM = UUID(int=7)
CODE, NUMBER = resident_code(1), my_number(1)


def said(**changes: Any) -> Certificate:
    """A certificate from Chiyoda to Hakodate about one person."""
    mover = Mover.leaving(CODE, NUMBER, an_entry(), is_head=True)
    usual: dict[str, Any] = {
        "destination": HAKODATE,
        "planned_on": date(2026, 12, 1),
        "special": True,
        "applicant": CODE,
        "persons": (mover,),
    }
    return Certificate.model_validate(usual | changes)


def items_of(certificate: Certificate) -> dict[str, Any]:
    """Its contents as they leave."""
    return json.loads(jlis_moves.certificate(CHIYODA, TELEGRAM, certificate))["本文"]


def a_visit() -> dict[str, Any]:
    """Contents of a 来庁予定."""
    return {
        "取消": False,
        "申請番号": str(TELEGRAM),
        "申請日時": "2026-11-24T09:00:00+09:00",
        "引越し日": "2026-12-01",
        "新住所": "",
        "電話番号": "",
        "シリアル番号": "123",
        "引越しする人": [{"氏名": "山田　太郎", "ふりがな": "", "生年月日": "1990-04-01"}],
        "転出地市町村コード": CHIYODA,
        "来庁予定日": "2026-12-02",
        "来庁窓口": "本庁",
    }


def an_envelope(kind: str, contents: dict[str, Any], **changes: Any) -> bytes:
    """A message to Hakodate."""
    envelope = {
        "電文ID": str(TELEGRAM),
        "電文種別": kind,
        "市町村コード": HAKODATE,
        "発信元": CHIYODA,
        "発信日時": "2026-11-24T09:00:00+09:00",
        "本文": contents,
    }
    return json.dumps(envelope | changes, ensure_ascii=False).encode()
