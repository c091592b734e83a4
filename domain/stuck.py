"""Stuck but green: how a case may stand still although nothing says so, and what to do then."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from domain.waits import Said


class Stuck(StrEnum):
    """Why an open case does not move; the nearest reason comes first."""

    NO_RUN = "NO_RUN"
    TASK_FAILING = "TASK_FAILING"
    NO_WORKER = "NO_WORKER"
    WAKE_UP_NOT_TAKEN = "WAKE_UP_NOT_TAKEN"
    WAIT_OVERDUE = "WAIT_OVERDUE"
    STANDING_STILL = "STANDING_STILL"
    RUN_WITHOUT_CASE = "RUN_WITHOUT_CASE"


class StuckWords(NamedTuple):
    """One way to stand still: as tables name it, what it means, and what operations do."""

    short: str
    means: Said
    do: Said


WORDS: dict[Stuck, StuckWords] = {
    Stuck.NO_RUN: StuckWords(
        "実行がない",
        Said("Temporal にこの案件の実行がありません。", "Temporal runs nothing for this case."),
        Said(
            "jukiflow resume を実行する。済んだ処理は繰り返さない。",
            "Run jukiflow resume; what is done is not repeated.",
        ),
    ),
    Stuck.TASK_FAILING: StuckWords(
        "処理が失敗し続けている",
        Said(
            "プログラムの不具合で、案件の処理が先へ進めません。",
            "A defect of the program keeps the case from going on.",
        ),
        Said(
            "版（build）を確かめて開発に渡す。worker を直った版か前の版に替えれば、続きから進む。",
            "Tell development which build; with a mended or the former worker the case goes on.",
        ),
    ),
    Stuck.NO_WORKER: StuckWords(
        "worker がいない",
        Said("案件を処理する worker がいません。", "No worker asks for work."),
        Said("worker を起動する。続きから進む。", "Start a worker; the case goes on."),
    ),
    Stuck.WAKE_UP_NOT_TAKEN: StuckWords(
        "知らせを受け取らない",
        Said(
            "判断などの知らせが届いているのに、案件が受け取っていません。",
            "The case has not taken what was written for it, as a decision.",
        ),
        Said(
            "relay と worker の記録を見る。両方を起動し直しても無害。",
            "Look at the logs of relay and worker; restarting both is harmless.",
        ),
    ),
    Stuck.WAIT_OVERDUE: StuckWords(
        "待ちの期限を過ぎた",
        Said(
            "待っていた時刻を過ぎても、案件が動き出していません。",
            "The instant the case waited for has passed, and it has not gone on.",
        ),
        Said(
            "Temporal UI で実行を Terminate し、jukiflow resume で始め直す。",
            "Terminate the run in the Temporal UI, and start it anew by jukiflow resume.",
        ),
    ),
    Stuck.STANDING_STILL: StuckWords(
        "動かない",
        Said(
            "待つものがないのに、案件が動いていません。",
            "The case waits for nothing, and does not move.",
        ),
        Said(
            "Temporal UI で Pending Activities を見る。Terminate と jukiflow resume は無害。",
            "Look at Pending Activities in the Temporal UI; Terminate and resume are harmless.",
        ),
    ),
    Stuck.RUN_WITHOUT_CASE: StuckWords(
        "終わった案件の実行",
        Said(
            "終わった案件の実行が Temporal に残っています。",
            "Temporal still runs a case that has ended.",
        ),
        Said(
            "台帳に影響はない。開発に知らせ、Temporal UI で Terminate する。",
            "The register is not touched. Tell development, and terminate it in the Temporal UI.",
        ),
    ),
}
