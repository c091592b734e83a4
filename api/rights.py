"""Who may do what: one table of roles, by procedure and verb, and a short list of all the rest.

The table says who, and only that: whether something is possible at all – a step that staff may do
by hand, a case that can still be cancelled – is said where it is judged.  The municipality is the
caller's own, always; a grant may be narrowed to some procedures, never widened.  People read the
same table in docs/operations.md, 15.1; it is written from here.

Whatever takes in a 届出, on whichever page or route, says `counter.demand(Act.REPORT, procedure)`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from domain.cases import Procedure, Verb
from runtime.settings import TokenRole

if TYPE_CHECKING:
    from collections.abc import Mapping

Roles: TypeAlias = frozenset[TokenRole]


class Act(Enum):
    """What somebody may want to do, as the office calls it."""

    # with a case: a column of the table
    REPORT = "受け付ける・始める"
    SEE_CASES = "案件を見る"
    READ_REPORTS = "届出の内容を読む"
    RETRY = "再実行する"
    AMEND = "訂正する"
    BY_HAND = "手作業で済ませる"
    WITHDRAW = "取り下げる"
    APPROVE = "決裁する"
    CANCEL = "終わった後に取り消す"
    NOTE = "引継ぎメモを読み書きする"

    # with anything else
    SEE_PEOPLE = "住民と世帯を見る"
    FIND_BY_NUMBER = "個人番号で探す"
    REVEAL = "伏せた番号を開く"
    DECIDE = "判断する（受信箱の電文、差異、二人目の確認）"
    SEE_STOCK = "住民票コードの在庫を見る"
    READ_FEED = "異動の知らせを読む"
    SEE_INBOX = "受信箱を見る"
    HOLD_PEERS = "相手への送信を止める・再開する"
    SEE_BULK = "一括処理を見る"
    PAUSE_BULK = "一括処理を一時停止する"


class Row(NamedTuple):
    """One procedure: which roles may do what with its cases."""

    report: Roles
    see_cases: Roles
    read_reports: Roles
    retry: Roles
    amend: Roles
    by_hand: Roles
    withdraw: Roles
    approve: Roles
    cancel: Roles
    note: Roles

    def of(self, act: Act) -> Roles:
        """One cell of the row."""
        return self[COLUMNS.index(act)]


COLUMNS = tuple(Act[name.upper()] for name in Row._fields)
"""The acts of the table, in its order."""

_NONE: Roles = frozenset()
_SNR: Roles = frozenset({TokenRole.EXAMINER, TokenRole.CHIEF})
_STF: Roles = _SNR | {TokenRole.COUNTER}
_ASK: Roles = _STF | {TokenRole.CLIENT}
_UPK: Roles = frozenset({TokenRole.CHIEF, TokenRole.OPERATIONS})
_CHF: Roles = frozenset({TokenRole.CHIEF})
_ALL: Roles = frozenset(TokenRole)

# fmt: off
TABLE: Mapping[str, Row] = {
    #                              report see   read  retry amend hand  withd appro cancl note
    Procedure.BIRTH:              Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.MOVE_OUT:           Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.SPECIAL_MOVE_IN:    Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.MOVE_IN:            Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.MOVE_IN_NOTICE:     Row(_NONE, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.ADDRESS_CHANGE:     Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.DEATH:              Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.HOUSEHOLD_CHANGE:   Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.CORRECTION:         Row(_SNR, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.ENTRY:              Row(_SNR, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.CANCELLATION:       Row(_SNR, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.CODE_CHANGE:        Row(_ASK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.NUMBER_CHANGE:      Row(_SNR, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.LINKAGE_CODE:       Row(_STF, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.CERTIFICATE_SERIAL: Row(_STF, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.SERIAL_BATCH:       Row(_STF, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.CODE_TOP_UP:        Row(_UPK, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.RECONCILIATION:     Row(_STF, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.REPAIR:             Row(_STF, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF),
    Procedure.BULK:               Row(_SNR, _ALL, _STF, _STF, _STF, _STF, _SNR, _CHF, _SNR, _STF),
}
# fmt: on
"""転入通知受理 is begun by nobody here: it arrives from 住基ネット.

一括処理: whoever begins one also confirms, resumes and stops it; above a size a second person's
confirmation is its 決裁.
"""
_STRANGER = Row(_NONE, _ALL, _STF, _STF, _STF, _STF, _SNR, _SNR, _SNR, _STF)
# A case of a procedure that came with a newer release than this process.

ELSE: Mapping[Act, Roles] = {
    Act.SEE_PEOPLE: _ASK,
    Act.FIND_BY_NUMBER: _STF,
    Act.REVEAL: _STF,
    Act.DECIDE: _STF,
    Act.SEE_STOCK: _ALL,
    Act.READ_FEED: _ALL,
    Act.SEE_INBOX: _STF,
    Act.HOLD_PEERS: _UPK,
    Act.SEE_BULK: _STF | {TokenRole.OPERATIONS},
    # Whoever sees that it does harm may hold it; to go on is for those who begin one.
    Act.PAUSE_BULK: _SNR | {TokenRole.OPERATIONS},
}
"""What belongs to no procedure."""

_OF_VERBS = {
    Verb.RETRY: Act.RETRY,
    Verb.AMEND: Act.AMEND,
    Verb.DONE_BY_HAND: Act.BY_HAND,
    Verb.WITHDRAW: Act.WITHDRAW,
}


def act_of(verb: Verb) -> Act:
    """Which act a decision is."""
    return _OF_VERBS[verb]


def roles(act: Act, *procedures: str) -> Roles:
    """Who may do it with a case of one of these procedures; where none is named, of any."""
    if act in ELSE:
        return ELSE[act]
    rows = [TABLE.get(one, _STRANGER) for one in procedures] or list(TABLE.values())
    return frozenset[TokenRole]().union(*(row.of(act) for row in rows))
