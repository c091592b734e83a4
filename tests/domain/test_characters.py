"""What may be stored, untouched, and what of it 住基ネット can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.characters import (
    BadText,
    TextFault,
    WireTable,
    WireText,
    check_address,
    check_building,
    check_kana,
    check_name,
    graphemes,
    to_juki_net,
)

if TYPE_CHECKING:
    from collections.abc import Callable

KATSU = "葛\U000e0100"


def fault_of(check: Callable[[str], str], text: str) -> str:
    """The code with which a check refuses a text; blank if it takes it."""
    try:
        check(text)
    except BadText as bad:
        return bad.code
    return ""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="未定の氏名"),
        pytest.param("山田　太郎", id="普通の氏名"),
        pytest.param("髙橋　﨑子", id="機種依存の異体字"),
        pytest.param("𠮷野家　太郎", id="サロゲートペア"),
        pytest.param(f"{KATSU}城　花子", id="異体字セレクタ"),
        pytest.param("神\ufe00谷", id="互換漢字の異体字"),
        pytest.param("\ufa19谷", id="互換漢字は統合しない"),
        pytest.param("佐々木　〇一", id="繰返し記号と漢数字のゼロ"),
        pytest.param("SMITH JOHN", id="在留カードのローマ字"),
        pytest.param("か\u3099", id="分解された濁点"),
        pytest.param("\U000f0123田", id="行政事務標準文字の私用領域"),
        pytest.param("\U00031350", id="新しい拡張漢字"),
    ],
)
def test_a_name_is_kept_code_point_by_code_point(name: str) -> None:
    """Names are judged, never normalised."""
    assert check_name(name).encode() == name.encode()


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        pytest.param("ﾔﾏﾀﾞ", TextFault.HALF_WIDTH_KANA, id="半角カナ"),
        pytest.param("山田\t太郎", TextFault.CONTROL_CHARACTER, id="タブ"),
        pytest.param("山田\n", TextFault.CONTROL_CHARACTER, id="改行"),
        pytest.param("山\x00田", TextFault.CONTROL_CHARACTER, id="NUL"),
        pytest.param("山\x85田", TextFault.CONTROL_CHARACTER, id="C1制御文字"),
        pytest.param("山\u202e田", TextFault.INVISIBLE_CHARACTER, id="書字方向"),
        pytest.param("山\u200b田", TextFault.INVISIBLE_CHARACTER, id="幅のない空白"),
        pytest.param("山\u200d田", TextFault.INVISIBLE_CHARACTER, id="幅のない接合子"),
        pytest.param("\ufeff山田", TextFault.INVISIBLE_CHARACTER, id="BOM"),
        pytest.param("山\u00a0田", TextFault.INVISIBLE_CHARACTER, id="改行しない空白"),
        pytest.param("山\u3164田", TextFault.INVISIBLE_CHARACTER, id="見えない埋め草"),
        pytest.param("山\u2028田", TextFault.INVISIBLE_CHARACTER, id="行区切り"),
        pytest.param("山\U000e0041田", TextFault.INVISIBLE_CHARACTER, id="タグ文字"),
        pytest.param("山田😀", TextFault.EMOJI, id="絵文字"),
        pytest.param("山田❤\ufe0f", TextFault.EMOJI, id="絵文字の異体字"),
        pytest.param("山田\U0001f1ef\U0001f1f5", TextFault.EMOJI, id="国旗"),
        pytest.param("山田⭐", TextFault.EMOJI, id="星の絵文字"),
        pytest.param("山\ud842田", TextFault.LONE_SURROGATE, id="片割れのサロゲート"),
        pytest.param("山\ue000田", TextFault.PRIVATE_CHARACTER, id="機種固有の外字"),
        pytest.param("山\ufffd田", TextFault.UNASSIGNED_CHARACTER, id="文字化けの跡"),
        pytest.param("山\uffff田", TextFault.UNASSIGNED_CHARACTER, id="非文字"),
        pytest.param("山田　　太郎", TextFault.REPEATED_SPACE, id="重なる空白"),
        pytest.param("山田　 太郎", TextFault.REPEATED_SPACE, id="全角と半角の空白"),
        pytest.param("　山田", TextFault.SPACE_AT_EDGE, id="先頭の空白"),
        pytest.param("山田 ", TextFault.SPACE_AT_EDGE, id="末尾の空白"),
        pytest.param("\U000e0100山", TextFault.STRAY_MARK, id="先頭の異体字セレクタ"),
        pytest.param("ア\U000e0100", TextFault.STRAY_MARK, id="仮名の異体字セレクタ"),
        pytest.param("山\U000e0100\U000e0101", TextFault.STRAY_MARK, id="異体字セレクタ二つ"),
        pytest.param("山" * 101, TextFault.TOO_LONG, id="101字"),
        pytest.param("a" + "\u0301" * 300, TextFault.TOO_LONG, id="積み重なる記号"),
    ],
)
def test_what_no_register_should_hold_is_refused(name: str, fault: TextFault) -> None:
    """The refusal is a code, and repeats nothing of the text."""
    with pytest.raises(BadText) as refusal:
        check_name(name)
    assert (refusal.value.code, str(refusal.value)) == (fault, fault.value)


@pytest.mark.parametrize(
    ("check", "longest"),
    [(check_name, 100), (check_kana, 100), (check_address, 200), (check_building, 300)],
    ids=["氏名", "フリガナ", "住所", "方書"],
)
def test_each_field_has_its_length(check: Callable[[str], str], longest: int) -> None:
    """Limits count characters."""
    assert fault_of(check, "ア" * longest) == ""
    assert fault_of(check, "ア" * (longest + 1)) == TextFault.TOO_LONG


@pytest.mark.parametrize("character", [KATSU, "𠮷", "神\ufe00", "か\u3099"])
def test_length_counts_what_people_count(character: str) -> None:
    """A variation selector, a surrogate pair or a mark does not shorten a name."""
    assert fault_of(check_name, character * 100) == ""
    assert graphemes(character * 3) == [character] * 3


@pytest.mark.parametrize(
    ("kana", "fault"),
    [
        pytest.param("", "", id="空"),
        pytest.param("ヤマダ　タロウ", "", id="普通のフリガナ"),
        pytest.param("ヴァージニア　スー", "", id="ヴと長音"),
        pytest.param("ト゚ㇷ゚", "", id="アイヌ語の仮名"),
        pytest.param("やまだ", TextFault.NOT_KATAKANA, id="ひらがな"),
        pytest.param("ヤマダA", TextFault.NOT_KATAKANA, id="ローマ字"),
        pytest.param("山田", TextFault.NOT_KATAKANA, id="漢字"),
        pytest.param("ヤマダ−", TextFault.NOT_KATAKANA, id="長音に似た負号"),
        pytest.param("タ\u3099", TextFault.NOT_KATAKANA, id="分解された濁点"),
        pytest.param("ﾔﾏﾀﾞ", TextFault.HALF_WIDTH_KANA, id="半角カナ"),
        pytest.param("ヤマダ  タロウ", TextFault.REPEATED_SPACE, id="重なる空白"),
    ],
)
def test_kana_is_full_width_katakana(kana: str, fault: str) -> None:
    """Katakana, 長音 and single spaces."""
    assert fault_of(check_kana, kana) == fault


def test_symbols_of_the_national_standard_may_name_a_building() -> None:
    """コーポ♪ and メゾン★ exist; their signs are characters of JIS X 0208."""
    assert fault_of(check_building, "コーポ♪メゾン★101号") == ""


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    """Any text at all is either kept as it is or refused by a known code."""
    fault = fault_of(check_name, text)
    assert fault in {"", *TextFault}
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "sent", "substituted"),
    [
        pytest.param("髙橋　﨑子", "髙橋　﨑子", (), id="CP932とJIS X 0213の字"),
        pytest.param("𠮷野家", "〓野家", (0,), id="どちらにもない字"),
        pytest.param(f"{KATSU}城", "〓城", (0,), id="異体字セレクタ"),
        pytest.param("山𠮷田𠮷", "山〓田〓", (1, 3), id="二か所"),
        pytest.param("一〓二", "一〓二", (1,), id="初めから〓"),
        pytest.param("ト゚キ", "ト゚キ", (), id="合成される仮名"),
        pytest.param("山\ue000", "山〓", (1,), id="機種固有の外字"),
        pytest.param("ｱ", "〓", (0,), id="半角カナ"),
        pytest.param("", "", (), id="空"),
    ],
)
def test_unknown_characters_travel_as_a_substitute(
    text: str, sent: str, substituted: tuple[int, ...]
) -> None:
    """代替文字 with 外字フラグ and its places (標準仕様書 7.1.1.1)."""
    assert to_juki_net(text) == WireText(sent, substituted)
    assert to_juki_net(text).flagged == bool(substituted)


def test_an_office_maintains_the_table() -> None:
    """What it lists passes, stops, or is sent as something else, before any other rule."""
    table = WireTable(
        passes=frozenset("𠮷"), stops=frozenset("髙"), sent_as={KATSU: "葛", "侭": "儘"}
    )
    assert to_juki_net(f"𠮷髙{KATSU}侭", table) == WireText("𠮷〓葛儘", (1,))


@given(st.text())
def test_every_place_told_holds_the_substitute(text: str) -> None:
    """外字数 and places are exact, whatever was sent."""
    wire = to_juki_net(text)
    marked = tuple(place for place, character in enumerate(wire.text) if character == "〓")
    assert wire.substituted == marked
