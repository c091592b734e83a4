"""The peers as an office sees them, and what it may do about their gates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, Field

from api.bodies import Form
from api.fields import wrong
from api.forms import Remark
from api.peer_words import STATES, why_held
from api.problem_types import ProblemType
from api.problems import Problem
from api.runbook import PEERS
from domain.gates import GateEvent, GateState
from domain.telegrams import Peer
from register import clock, gate_views, gates, municipalities
from register.gates import Change
from register.idempotency import Answer

if TYPE_CHECKING:
    from api.counter import Counter
    from register.gate_views import Figures, Standing
    from register.municipalities import Municipality
    from register.transactions import Tx

PROBLEMS = (ProblemType.MISSING_REASON, ProblemType.INVALID_INPUT)


class PeerIncident(BaseModel):
    """相手が応答しないことの、一件の記録。案件がいくつ待っていても一件。"""

    code: str
    since: datetime


class PeerStanding(BaseModel):
    """一つの相手システムへの送信の状態。"""

    peer: str
    title: str
    state: str = Field(
        description="open: 送信中、held: 停止中、draining: 再開中（待っていた案件を順に通す）、"
        "closed: 閉局中"
    )
    state_ja: str
    since: datetime | None = Field(description="いつからこの状態か（一度も止めていなければ null）")
    automatic: bool = Field(description="応答がないため自動で止めたか")
    by: str = Field(description="最後に止めた、又は再開した人（自動なら worker 又は relay）")
    why_ja: str = Field(description="止めた、又は再開した理由")
    why_en: str
    until: datetime | None = Field(description="この時刻に自動で再開する（職員が決めたとき）")
    next_try: datetime | None = Field(description="自動で止めたとき、次に一件を試す時刻")
    waiting: int = Field(description="再開を待っている案件の数")
    opens_at: datetime | None = Field(description="閉局中なら次の開局")
    incident: PeerIncident | None = Field(description="応答しない相手の記録（なければ null）")


class PeerAnswer(PeerStanding):
    """一つの相手システムの状態と、最近の応答。"""

    budget: int = Field(description="再開中に一秒に通す案件の数")
    through_by: datetime | None = Field(description="再開中なら、待つ案件を通し終える見込み")
    silences: int = Field(description="最近1時間に応答がなかった回数")
    last_answer: datetime | None = Field(description="電文に最後に答えた時刻")


class HoldForm(Form):
    """送信を止める。"""

    reason: Remark = Field(description="止める理由（個人に関することは書かない）")
    until: AwareDatetime | None = Field(
        default=None, description="この時刻に自動で再開する。書かなければ、再開するまで止める"
    )


class ReleaseForm(Form):
    """送信を再開する。"""

    reason: Remark = Field(description="再開する理由（個人に関することは書かない）")


async def standing(tx: Tx) -> list[PeerStanding]:
    """Every peer, as the desk shows it."""
    town, now = await municipalities.load(tx), await clock.now(tx)
    return [_told(one, town, now) for one in await gate_views.standing(tx)]


async def seen(tx: Tx) -> list[PeerAnswer]:
    """Every peer, with how it has answered of late."""
    town, now = await municipalities.load(tx), await clock.now(tx)
    true_now = await tx.fetchval("SELECT clock_timestamp()")
    rows = zip(await gate_views.standing(tx), await gate_views.figures(tx), strict=True)
    return [_answer(_told(stands, town, now), figures, town, true_now) for stands, figures in rows]


async def hold(tx: Tx, counter: Counter, peer: Peer, form: HoldForm) -> Answer:
    """Have nothing leave for a peer, until staff release it or its time has passed."""
    _check(form)
    if form.until is not None and form.until <= await clock.now(tx):
        raise Problem(ProblemType.INVALID_INPUT, wrong("until", "NOT_AHEAD"))
    what = Change(GateEvent.HELD, counter.acting.actor, form.reason, form.until)
    await gates.hold(tx, counter.acting.municipality, peer, what)
    return await _after(tx, peer)


async def release(tx: Tx, counter: Counter, peer: Peer, form: ReleaseForm) -> Answer:
    """Let through, little by little, whoever waits; raises `Problem` GATE_NOT_HELD."""
    _check(form)
    acting = counter.acting
    if not await gates.release(tx, acting.municipality, peer, acting.actor, form.reason):
        raise Problem(ProblemType.GATE_NOT_HELD)
    return await _after(tx, peer)


def _check(form: HoldForm | ReleaseForm) -> None:
    if not form.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))


async def _after(tx: Tx, peer: Peer) -> Answer:
    (answer,) = [one for one in await seen(tx) if one.peer == peer]
    return Answer(200, answer.model_dump(mode="json"), "")


def _told(one: Standing, town: Municipality, now: datetime) -> PeerStanding:
    closed = one.peer is Peer.JLIS and not town.opening.is_open(now)
    state = "closed" if closed and one.state is GateState.OPEN else str(one.state)
    why = why_held(automatic=one.automatic, reason=one.reason)
    return PeerStanding(
        peer=one.peer,
        title=PEERS[one.peer].ja,
        state=state,
        state_ja=STATES[state].ja,
        since=one.since,
        automatic=one.automatic,
        by=one.author,
        why_ja=why.ja,
        why_en=why.en,
        until=one.until,
        next_try=one.probe_at,
        waiting=one.waiting,
        opens_at=town.opening.next_opening(now) if closed else None,
        incident=_incident(one),
    )


def _incident(one: Standing) -> PeerIncident | None:
    if one.code is None or one.silent_since is None:
        return None
    return PeerIncident(code=one.code, since=one.silent_since)


def _answer(
    standing: PeerStanding, figures: Figures, town: Municipality, now: datetime
) -> PeerAnswer:
    budget = town.parameters.gate_budget
    draining = standing.state == GateState.DRAINING and standing.opens_at is None
    left = timedelta(seconds=standing.waiting / budget)
    return PeerAnswer(
        **dict(standing),
        budget=budget,
        through_by=now + left if draining else None,
        silences=figures.silences,
        last_answer=figures.last_answer,
    )
