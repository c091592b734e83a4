"""What happened to a case since a page of it was made, in words: a stale tab is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.console.verbs import OUTCOMES, VERBS
from domain.cases import CaseState, DecisionState, StepState, Verb
from register import case_news

if TYPE_CHECKING:
    from uuid import UUID

    from register.case_news import Meanwhile
    from register.transactions import Tx

_CASES = {
    "accepted": "受け付けました",
    "withdrawing": "取下げが始まりました",
    CaseState.COMPLETED: "完了しました",
    CaseState.WITHDRAWN: "取下げが終わりました",
    CaseState.EXPIRED: "期限切れになりました",
}
_STEPS = {
    StepState.DONE: "済みました",
    StepState.BY_HAND: "手作業で済みとなりました",
    StepState.UNDONE: "取り消されました",
    StepState.UNDONE_BY_HAND: "手作業で取り消されました",
    "reopened": "もう一度行うことになりました",
}


async def happened(tx: Tx, case_id: UUID, moment: str) -> list[str]:
    """One line for each thing, the oldest first."""
    return [line(one) for one in await case_news.since(tx, case_id, moment)]


def line(one: Meanwhile) -> str:
    """One thing that happened."""
    person = f"（{one.subject}人目）" if one.subject else ""
    step = f"{one.step}{person}"
    if one.kind == "step":
        return f"「{step}」が{_STEPS[one.event]}。"
    if one.kind == "incident":
        return f"「{step}」で新しい対応待ちが開きました: {one.event}"
    if one.kind == "note":
        return f"{one.author} が引継ぎメモを書きました。"
    if one.kind == "decision":
        return _decision(one, f"「{step}」" if one.step else "案件")
    return f"案件が{_CASES[one.event]}。"


def _decision(one: Meanwhile, about: str) -> str:
    if one.event in set(Verb):
        return f"{one.author} が{about}について判断しました: {VERBS[Verb(one.event)]}"
    return f"{one.author} の{about}についての判断は、{OUTCOMES[DecisionState(one.event)]}。"
