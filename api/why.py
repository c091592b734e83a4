"""Why a case waits, in one breath: for what, since when, when it goes on, what staff may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.problem_types import Words
from api.runbook import VERB_NAMES
from domain.dates import JST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from api.case_answers import Waiting
    from domain.cases import Verb

AGAIN = Words("うまくいけば、自動で先へ進む。", "Once it works, the case goes on by itself.")
NOTHING = Words("何もしなくてよい。取下げはできる。", "nothing; withdrawing is possible.")
TELL = Words(
    "符号を運用担当に知らせる。取下げはできる。",
    "tell operations the code; withdrawing is possible.",
)
ONCE_DECIDED = Words("判断に従って先へ進む。", "The case goes on as is decided.")
OUTCOME = Words("結果は判断の記録に現れる。", "The outcome will stand beside the decision.")
BEGINS = Words("まもなく始まる。", "It begins by itself.")


def one_of(verbs: Iterable[Verb]) -> Words:
    """What staff may do about an incident."""
    names = [VERB_NAMES[verb] for verb in verbs]
    ja = "、".join(name.ja for name in names)
    return Words(f"判断する（{ja}）。", f"decide: {', '.join(name.en for name in names)}.")


def said(waiting: Waiting) -> Waiting:
    """The same, with the whole sentence in both languages."""
    return waiting.model_copy(update={"why_ja": _ja(waiting), "why_en": _en(waiting)})


def _ja(one: Waiting) -> str:
    person = f"、{one.subject}人目" if one.subject else ""
    place = f"（{one.step}{person}）" if one.step else ""
    waits = f"{one.ja.rstrip('。')}{place}。"
    return f"{waits}{_clock(one.since)} から{_next_ja(one)}。{one.then_ja}職員: {one.may_ja}"


def _next_ja(one: Waiting) -> str:
    told = f"、失敗 {one.failed_attempts} 回（{one.code}）" if one.failed_attempts else ""
    if one.overdue and one.until:
        return f"{told}、期限 {_clock(one.until)} を過ぎました"
    if one.next_try:
        return f"{told}、次は {_clock(one.next_try)}"
    return told


def _en(one: Waiting) -> str:
    person = f", person {one.subject}" if one.subject else ""
    place = f" ({one.step}{person})" if one.step else ""
    waits = f"{one.en.rstrip('.')}{place}."
    return f"{waits} Since {_clock(one.since)}{_next_en(one)}. {one.then_en} Staff: {one.may_en}"


def _next_en(one: Waiting) -> str:
    told = f", {one.failed_attempts} failed ({one.code})" if one.failed_attempts else ""
    if one.overdue and one.until:
        return f"{told}, overdue since {_clock(one.until)}"
    if one.next_try:
        return f"{told}, next at {_clock(one.next_try)}"
    return told


def _clock(instant: datetime) -> str:
    return f"{instant.astimezone(JST):%Y-%m-%d %H:%M}"
