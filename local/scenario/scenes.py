"""The programme: what is played, in which order, and what everybody should see."""

from __future__ import annotations

from local.scenario import scenes_births as births
from local.scenario import scenes_checks as checks
from local.scenario import scenes_crashes as crashes
from local.scenario import scenes_moves as moves
from local.scenario.acts_of_the_day import ACTS_OF_THE_DAY
from local.scenario.scene import Act, Scene

CHAPTERS = {
    1: "出生 Births",
    10: "転出入 Moves",
    14: "町役場の一日 A day of the town hall",
    28: "確かめ Checks",
}
"""Under which heading scenes stand, each by the number of its first."""

# Scenes of one act are played side by side: while one waits, the other goes on.  Those that arm a
# fault are alone in theirs, or another scene's birth might meet it.
ACTS: tuple[Act, ...] = (
    (
        Scene(
            1,
            "住民票コードの在庫 5 件、下限を割ると補充",
            "low stock orders more",
            "在庫 5 に戻る",
            births.stock_refills_itself,
        ),
        Scene(
            2,
            "健全な出生 3 件（髙橋・𠮷野家・葛\U000e0100城）",
            "three healthy births",
            "3 件完了、氏名は不変",
            births.three_healthy_births,
        ),
    ),
    (
        Scene(
            3,
            "J-LIS が 503 を 4 回返す",
            "J-LIS is away four times",
            "待って完了",
            births.jlis_is_away,
        ),
    ),
    (
        Scene(
            4,
            "個人番号は生成されたが返信が失われる",
            "the reply is lost",
            "個人番号は 1 個",
            births.the_reply_is_lost,
        ),
    ),
    (
        Scene(
            5,
            "郵便番号と住所の不一致を J-LIS が拒む",
            "refused, amended by staff",
            "停止 → 訂正 → 完了",
            births.staff_amend_an_address,
        ),
    ),
    (
        Scene(
            6,
            "5 番目の処理の後で取り下げる",
            "withdrawn after step 5",
            "全て取消し、相違 0",
            births.a_birth_is_withdrawn,
        ),
    ),
    (
        Scene(
            7,
            "10 件の途中でワーカーを SIGKILL",
            "the worker is killed",
            "10 件完了、重複 0",
            crashes.the_worker_is_killed,
        ),
        Scene(
            9,
            "同じ子がもう一度届け出られる",
            "the same child again",
            "409",
            births.reported_again,
        ),
    ),
    (
        Scene(
            8,
            "3 件の途中で Temporal のデータベースを削除",
            "the engine forgets everything",
            "resume で完了、重複 0",
            crashes.the_engine_forgets,
        ),
    ),
    (
        Scene(
            10,
            "家族 3 人がオンラインで転出して函館市へ転入、転入通知の返信が失われる",
            "a family moves, a reply is lost",
            "両方完了、転入通知は 1 通",
            moves.a_family_moves,
        ),
    ),
    (
        Scene(
            11,
            "転出届をオンラインで取り消す",
            "a move is called off",
            "全員が元どおり現存",
            moves.a_move_is_called_off,
        ),
    ),
    (
        Scene(
            12,
            "世帯主だけが紙で転出し、一人が残る（時計を進める）",
            "the head leaves on paper, the clock is moved",
            "0 時に除票、残る人が世帯主",
            moves.the_head_leaves,
        ),
    ),
    (
        Scene(
            13,
            "二世帯は移動の途中",
            "two households are on their way",
            "転出予定と転入前",
            moves.others_are_on_their_way,
        ),
    ),
    *ACTS_OF_THE_DAY,
    (
        Scene(
            28,
            "両市区の住民票・J-LIS・統合宛名・中間サーバーの突合",
            "reconciliation in both towns",
            "差異 0、相違 0",
            checks.everybody_agrees,
        ),
        Scene(
            29,
            "誰もが一つの市区町村だけで現存",
            "everybody lives in one town",
            "例外は移動中の人と除票だけ",
            checks.everybody_lives_once,
        ),
    ),
    (
        Scene(
            30,
            "Temporal と記録に個人情報がないか、封印は無事か",
            "canary and seals",
            "発見 0、相違 0",
            checks.nothing_leaked,
        ),
    ),
)
