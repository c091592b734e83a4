"""A day of the town hall: one each of what happens to people who live here, and of its upkeep."""

from __future__ import annotations

from local.scenario import scenes_day as day
from local.scenario import scenes_desk as desk
from local.scenario import scenes_numbers as numbers
from local.scenario.scene import Act, Scene

# First what people report and the office does of itself, each household with a case of its own;
# then what would disturb it: the batch counts every certificate, the 決裁 waits before every 転居.
ACTS_OF_THE_DAY: tuple[Act, ...] = (
    (
        Scene(
            14,
            "転居: 世帯の全員が区内で移る",
            "a household moves in town; only the signature certificate ends",
            "新住所、署名用だけ失効",
            day.a_household_moves_house,
        ),
        Scene(
            15,
            "世帯変更: 妻が世帯を分ける",
            "a household parts; the network of registers hears nothing",
            "二つの世帯、住基ネットへ 0 通",
            day.a_household_parts,
        ),
        Scene(
            16,
            "死亡: 転出予定の世帯主が亡くなる",
            "a head who was to leave dies; the move and its certificate are void",
            "転出は取下げ、証明書情報は無効",
            day.a_head_dies_before_leaving,
        ),
        Scene(
            17,
            "職権修正: 戸籍の通知により氏を改める",
            "a name changes by notice; only the signature certificate ends",
            "「職権修正等」、署名用だけ失効",
            day.a_name_is_corrected,
        ),
        Scene(
            18,
            "軽微な修正: 氏名の外字を直す",
            "a character is put right; no certificate ends",
            "代替文字で通知、失効なし",
            day.a_character_is_put_right,
        ),
        Scene(
            19,
            "職権消除: 実態調査により消除する",
            "whoever lives there no more is struck; both certificates end",
            "除票、証明書は両方失効",
            day.somebody_is_struck,
        ),
        Scene(
            20,
            "異動取消: 終わった転居を取り消す",
            "a finished move is cancelled; what was corrected since stays",
            "住所だけが元に戻る",
            day.a_finished_case_is_cancelled,
        ),
        Scene(
            21,
            "住民票コード変更: 本人の請求",
            "a code is changed; the former is nobody’s, the number stays",
            "新しいコード、個人番号は同じ",
            numbers.a_code_is_changed,
        ),
        Scene(
            22,
            "個人番号変更: 番号が漏えいした",
            "a leaked number is changed; the addressee stays the same one",
            "新しい番号、団番は同じ",
            numbers.a_number_is_changed,
        ),
    ),
    (
        Scene(
            23,
            "符号取得: 中間サーバーがまだ黙っている",
            "a linkage code is asked for; staff see who is silent until it is there",
            "待つ相手を示し、届いて完了",
            numbers.a_linkage_code_is_obtained,
        ),
        Scene(
            24,
            "証明書シリアル取得: 一人と、全員の一括",
            "certificates of one person, then whatever changed, once",
            "発行・更新・失効を一度ずつ",
            numbers.certificates_are_taken_in,
        ),
        Scene(
            25,
            "審査・決裁: 転居に二人目の承認を求める",
            "nothing is entered before a second person approves",
            "本人の決裁は 409、別の人で転居",
            desk.a_second_person_approves,
        ),
        Scene(
            26,
            "一日の完全性: 番号の付かない子がいる",
            "the statement of the day names who lacks a number, then nobody",
            "例外 1 件 → 全員そろう",
            desk.the_day_is_complete,
        ),
    ),
    (
        Scene(
            27,
            "突合: 差異を見つけ、職員が修正を決める",
            "differences are found, repaired as staff decide, and gone",
            "差異 2 件 → 0 件",
            desk.differences_are_repaired,
        ),
    ),
)
