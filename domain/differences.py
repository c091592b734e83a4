"""差異: how register and other systems may disagree about a person, and what would put it right.

A kind is added here, with its words and its repair, and gets a row in docs/operations.md.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain.telegrams import Peer


class DifferenceKind(StrEnum):
    """What a 突合 may find about one person; permanent once landed."""

    JLIS_NOT_LIVE = "JLIS_NOT_LIVE"
    JLIS_STILL_LIVE = "JLIS_STILL_LIVE"
    JLIS_IDENTITY = "JLIS_IDENTITY"
    JLIS_NUMBER = "JLIS_NUMBER"
    JLIS_NUMBER_NOT_HERE = "JLIS_NUMBER_NOT_HERE"
    JLIS_ORDER = "JLIS_ORDER"
    JLIS_STRANGER = "JLIS_STRANGER"
    SERIAL_MISSING = "SERIAL_MISSING"
    SERIAL_STALE = "SERIAL_STALE"
    SERIAL_UNMATCHED = "SERIAL_UNMATCHED"
    ADDRESSEE_MISSING = "ADDRESSEE_MISSING"
    ADDRESSEE_STILL_OPEN = "ADDRESSEE_STILL_OPEN"
    ADDRESSEE_CONTENTS = "ADDRESSEE_CONTENTS"
    ADDRESSEE_NUMBER = "ADDRESSEE_NUMBER"
    ADDRESSEE_STRANGER = "ADDRESSEE_STRANGER"
    UNIFIED_NUMBER_MISSING = "UNIFIED_NUMBER_MISSING"
    UNIFIED_NUMBER_STILL_OPEN = "UNIFIED_NUMBER_STILL_OPEN"
    COPY_MISSING = "COPY_MISSING"
    COPY_STILL_THERE = "COPY_STILL_THERE"
    COPY_CONTENTS = "COPY_CONTENTS"
    LINKAGE_CODE_MISSING = "LINKAGE_CODE_MISSING"


class Repair(StrEnum):
    """What the machine can do about a difference once staff have decided it; stored, permanent."""

    RECORD_AT_JLIS = "record_at_jlis"
    STRIKE_AT_JLIS = "strike_at_jlis"
    AMEND_AT_JLIS = "amend_at_jlis"
    ASK_NUMBER = "ask_number"
    REGISTER_ADDRESSEE = "register_addressee"
    CLOSE_ADDRESSEE = "close_addressee"
    REGISTER_COPY = "register_copy"
    DELETE_COPY = "delete_copy"
    OBTAIN_LINKAGE_CODE = "obtain_linkage_code"
    LINK_SERIALS = "link_serials"

    @property
    def ja(self) -> str:
        """In the words of the office."""
        return _REPAIRS[self]


_REPAIRS = {
    Repair.RECORD_AT_JLIS: "本人確認情報を職権記載等として送り直す（CS-04）",
    Repair.STRIKE_AT_JLIS: "本人確認情報を職権消除等として送り直す（CS-04）",
    Repair.AMEND_AT_JLIS: "本人確認情報を職権修正等として送り直す（CS-04）",
    Repair.ASK_NUMBER: "個人番号を照会して登録する（CS-02）",
    Repair.REGISTER_ADDRESSEE: "宛名を登録し直す（AT-01）",
    Repair.CLOSE_ADDRESSEE: "宛名を閉じ直す（AT-01）",
    Repair.REGISTER_COPY: "副本を登録し直す（AT-03）",
    Repair.DELETE_COPY: "副本を削除し直す（AT-03）",
    Repair.OBTAIN_LINKAGE_CODE: "機関別符号を求め直す（CS-13）",
    Repair.LINK_SERIALS: "シリアル番号を紐付け直す（CS-14）",
}


class DifferenceWords(NamedTuple):
    """One kind of difference: with whom, in words, and its repair by a machine, if there is one."""

    peer: Peer
    ja: str
    en: str
    repair: Repair | None
    advice: str = ""
    """What staff do where no machine can."""


_J, _U, _S = Peer.JLIS, Peer.UNIFIED_ADDRESSEE, Peer.INTERMEDIATE_SERVER
_K, _R = DifferenceKind, Repair

DIFFERENCES: dict[DifferenceKind, DifferenceWords] = {
    _K.JLIS_NOT_LIVE: DifferenceWords(
        _J,
        "住民なのに、住基ネットでは当市区町村の現存ではない",
        "A resident whom 住基ネット does not hold as living here",
        _R.RECORD_AT_JLIS,
    ),
    _K.JLIS_STILL_LIVE: DifferenceWords(
        _J,
        "除票なのに、住基ネットでは現存のまま",
        "Struck here, and still live in 住基ネット",
        _R.STRIKE_AT_JLIS,
    ),
    _K.JLIS_IDENTITY: DifferenceWords(
        _J,
        "本人確認情報（氏名、住所など）が住基ネットと違う",
        "本人確認情報 differs from 住基ネット",
        _R.AMEND_AT_JLIS,
    ),
    _K.JLIS_NUMBER: DifferenceWords(
        _J,
        "個人番号が住基ネットと違う",
        "個人番号 differs from 住基ネット",
        None,
        "個人番号通知書とカードで正しい番号を確かめ、J-LIS に照会する",
    ),
    _K.JLIS_NUMBER_NOT_HERE: DifferenceWords(
        _J,
        "住基ネットにある個人番号が台帳にない",
        "住基ネット has a 個人番号 the register lacks",
        _R.ASK_NUMBER,
    ),
    _K.JLIS_ORDER: DifferenceWords(
        _J,
        "更新順番号が住基ネットと違う",
        "更新順番号 differs from 住基ネット",
        None,
        "次の本人確認情報が順序の誤りで断られる。送った電文の記録を J-LIS と照らし、開発へ渡す",
    ),
    _K.JLIS_STRANGER: DifferenceWords(
        _J,
        "住基ネットが当市区町村の現存とする人が、台帳にいない",
        "住基ネット holds somebody here whom the register does not know",
        None,
        "住民票コードの割当先を確かめ、J-LIS に照会する。記載漏れなら職権記載による",
    ),
    _K.SERIAL_MISSING: DifferenceWords(
        _J,
        "有効な電子証明書のシリアル番号が紐付いていない",
        "A valid certificate's serial number is not linked here",
        _R.LINK_SERIALS,
    ),
    _K.SERIAL_STALE: DifferenceWords(
        _J,
        "紐付いているシリアル番号が、もう有効ではない",
        "A serial number linked here is valid no longer",
        _R.LINK_SERIALS,
    ),
    _K.SERIAL_UNMATCHED: DifferenceWords(
        _J,
        "電子証明書の異動が届いた人が、台帳にいない",
        "A certificate changed of somebody the register does not know",
        None,
        "住民票コードの人を確かめる。転入の途中なら、記載した後に一人分の証明書シリアル取得を行う",
    ),
    _K.ADDRESSEE_MISSING: DifferenceWords(
        _U,
        "住民の宛名が統合宛名にない、又は閉じている",
        "統合宛名 has no open 宛名 for a resident",
        _R.REGISTER_ADDRESSEE,
    ),
    _K.ADDRESSEE_STILL_OPEN: DifferenceWords(
        _U,
        "除票なのに、統合宛名の宛名が開いている",
        "Struck here, and the 宛名 is still open",
        _R.CLOSE_ADDRESSEE,
    ),
    _K.ADDRESSEE_CONTENTS: DifferenceWords(
        _U,
        "宛名情報（氏名、住所など）が統合宛名と違う",
        "宛名情報 differs from 統合宛名",
        _R.REGISTER_ADDRESSEE,
    ),
    _K.ADDRESSEE_NUMBER: DifferenceWords(
        _U,
        "個人番号が統合宛名と違う",
        "個人番号 differs from 統合宛名",
        _R.REGISTER_ADDRESSEE,
    ),
    _K.ADDRESSEE_STRANGER: DifferenceWords(
        _U,
        "統合宛名に開いている宛名の人が、台帳にいない",
        "統合宛名 has an open 宛名 the register does not know",
        None,
        "他業務が登録した宛名かを確かめる。住基の宛名なら統合宛名で閉じる",
    ),
    _K.UNIFIED_NUMBER_MISSING: DifferenceWords(
        _S,
        "住民の団体内統合宛名番号が中間サーバーにない、又は閉じている",
        "中間サーバー has no open 団番 for a resident",
        _R.REGISTER_ADDRESSEE,
    ),
    _K.UNIFIED_NUMBER_STILL_OPEN: DifferenceWords(
        _S,
        "宛名は閉じているのに、団体内統合宛名番号が中間サーバーで開いている",
        "The 宛名 is closed, and its 団番 still open in 中間サーバー",
        _R.CLOSE_ADDRESSEE,
    ),
    _K.COPY_MISSING: DifferenceWords(
        _S, "住民の副本が中間サーバーにない", "中間サーバー has no 副本", _R.REGISTER_COPY
    ),
    _K.COPY_STILL_THERE: DifferenceWords(
        _S,
        "除票なのに、副本が中間サーバーに残っている",
        "Struck here, and the 副本 is still there",
        _R.DELETE_COPY,
    ),
    _K.COPY_CONTENTS: DifferenceWords(
        _S, "副本の内容が台帳と違う", "The 副本 differs from the register", _R.REGISTER_COPY
    ),
    _K.LINKAGE_CODE_MISSING: DifferenceWords(
        _S,
        "住民の機関別符号が中間サーバーにない",
        "中間サーバー has no 符号 for a resident",
        _R.OBTAIN_LINKAGE_CODE,
    ),
}


MET_BY_BATCH = frozenset({DifferenceKind.SERIAL_UNMATCHED})
"""Kinds that the changes of certificates bring; every other is met by a 突合."""


class DifferenceState(StrEnum):
    """Where a difference stands; only a later 突合 says that it is gone."""

    OPEN = "open"
    REPAIRING = "repairing"
    BY_HAND = "by_hand"
    GONE = "gone"


class DifferenceVerb(StrEnum):
    """What staff may decide about a difference."""

    REPAIR = "repair"
    BY_HAND = "by_hand"
