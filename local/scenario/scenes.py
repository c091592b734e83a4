"""The programme: what is played, in which order, and what everybody should see."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from local.scenario import scenes_births as births
from local.scenario import scenes_checks as checks
from local.scenario import scenes_crashes as crashes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from local.scenario.stage import Stage


class Scene(NamedTuple):
    """One scene: ``play`` says what was seen, or raises ``Missed``."""

    number: int
    title: str
    english: str
    expected: str
    play: Callable[[Stage], Awaitable[str]]


# Scenes of one act are played side by side: while one waits, the other goes on.  Those that arm a
# fault are alone in theirs, or another scene's birth might meet it.
ACTS: tuple[tuple[Scene, ...], ...] = (
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
            "住民票・J-LIS・統合宛名・中間サーバーの突合",
            "reconciliation",
            "相違 0",
            checks.everybody_agrees,
        ),
    ),
    (
        Scene(
            11,
            "Temporal と記録に個人情報がないか、封印は無事か",
            "canary and seals",
            "発見 0、相違 0",
            checks.nothing_leaked,
        ),
    ),
)
