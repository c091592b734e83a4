"""Spellings that a search must not tell apart, and those it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.folding import fold_kana, fold_name, search_tokens, token_range

names = st.text(
    st.sampled_from("渡辺邊邉髙高橋𠮷吉野太郎花子佐藤 　アカガサザタダハバパウオーﾜmN\U000e0100")
)


def found(typed: str, name: str) -> bool:
    """Whether the tokens stored for a name hold one in the range of what was typed."""
    low, high = token_range(typed)
    return any(low.encode() <= token.encode() < high.encode() for token in search_tokens(name))


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param("渡辺 渡邊 渡邉 渡𨘢", id="辺"),
        pytest.param("浜田 濱田 濵田 滨田", id="浜"),
        pytest.param("藤原 籐原 籘原", id="藤"),
        pytest.param("高橋 髙橋", id="高"),
        pytest.param("崎田 﨑田", id="崎"),
        pytest.param("吉野 𠮷野", id="吉"),
        pytest.param("葛城 葛\U000e0100城", id="異体字セレクタ"),
        pytest.param("神谷 \ufa19谷", id="互換漢字"),
        pytest.param("SMITH smith \uff33\uff2d\uff29\uff34\uff28", id="ローマ字"),
        pytest.param("さくら サクラ", id="仮名の名前"),
    ],
)
def test_variants_of_a_name_are_one(spellings: str) -> None:
    """異体字 (標準仕様書 2.1.2)."""
    assert len({fold_name(spelling) for spelling in spellings.split()}) == 1


@pytest.mark.parametrize(
    "spellings",
    [
        pytest.param("ナカジマ,ナカシマ,ナカヂマ", id="清濁"),
        pytest.param("ミズノ,ミヅノ,ミスノ", id="ズとヅ"),
        pytest.param("ヴィオラ,ブイオラ", id="ヴとブ"),
        pytest.param("ワシ,ハシ", id="ワとハ"),
        pytest.param("カヲル,カオル", id="オとヲ"),
        pytest.param("ヒロ,ピロ,ビロ", id="半濁音"),
        pytest.param("キョウコ,キヨウコ,キヨオコ", id="拗音"),
        pytest.param("ハットリ,ハツトリ", id="促音"),
        pytest.param("コウダ,コオダ", id="オ段とウ"),
        pytest.param("マリー,マリ,マリ―,マリ－,マリ\u2010,ﾏﾘｰ", id="長音と似た横線"),
        pytest.param("ヤマダ　タロウ,ヤマダタロウ,ヤマダ タロウ", id="空白"),
        pytest.param("やまだ,ﾔﾏﾀﾞ,ヤマタ\u3099", id="仮名の種類"),
    ],
)
def test_spellings_of_a_sound_are_one(spellings: str) -> None:
    """清濁, 拗促音, 長音, オ段+ウ and spaces (標準仕様書 2.1.2)."""
    assert len({fold_kana(spelling) for spelling in spellings.split(",")}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("オオノ", "オノ"), ("カトウ", "カト"), ("サトウ", "サイトウ"), ("山田", "山口")],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    """Folding forgives spelling; it does not merge people."""
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("typed", ["渡邉", "花", "花子", "渡辺花子", "渡邊　花子", "辺花"])
def test_a_name_is_found_by_any_part_of_it(typed: str) -> None:
    """One comparison from below and one from above, on tokens stored beforehand."""
    assert found(typed, "渡邊\U000e0100　花子")


@pytest.mark.parametrize("typed", ["", "　", "花子渡", "太郎", "渡辺花子子"])
def test_what_is_not_in_a_name_does_not_find_it(typed: str) -> None:
    """A blank finds nobody."""
    assert not found(typed, "渡邊　花子")


@given(names, names)
def test_tokens_find_exactly_what_the_key_contains(typed: str, name: str) -> None:
    """The range is no wider and no narrower than 'contains'."""
    part, key = fold_name(typed), fold_name(name)
    assert found(typed, name) == (bool(part) and part in key)


@given(st.text() | st.text("コウオトガぷゔーｳﾞ"))
def test_a_key_folds_to_itself(text: str) -> None:
    """Folding twice is folding once, so keys may be compared with keys."""
    assert fold_name(fold_name(text)) == fold_name(text)
    assert fold_kana(fold_kana(text)) == fold_kana(text)
