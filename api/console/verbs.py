"""Decisions and what became of them, as buttons and lists call them."""

from __future__ import annotations

from api.runbook import VERB_NAMES
from domain.cases import DecisionState

VERBS = {verb: name.ja for verb, name in VERB_NAMES.items()}
OUTCOMES = {
    DecisionState.ACCEPTED: "受け付けました",
    DecisionState.EXECUTING: "実行中です",
    DecisionState.WORKED: "うまくいきました",
    DecisionState.FAILED_AGAIN: "再び失敗しました",
}
