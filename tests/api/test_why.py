"""Why it waits: for what, since when, when it goes on, what staff may do – for every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from api.case_story import waiting_for
from api.runbook import VERB_NAMES
from domain.cases import CaseState, Direction, Procedure, Verb, WaitKind
from domain.identifiers import new_id
from domain.telegrams import Peer
from domain.waits import WORDS
from register.case_views import CaseFile, CaseParts, Failure, Incident, Wait

if TYPE_CHECKING:
    from api.case_answers import Waiting

SINCE = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
NEXT = SINCE + timedelta(days=1)
STEP = "本人確認情報を送信する"
FAILURES = ("unavailable", "defect")
"""What `activities.failures` notes; all else parks."""


@pytest.mark.parametrize("kind", WaitKind, ids=str)
@pytest.mark.parametrize("until", [None, NEXT], ids=["open", "timed"])
@pytest.mark.parametrize("overdue", [False, True], ids=["in time", "overdue"])
def test_every_wait_says_all_four(kind: WaitKind, until: datetime | None, *, overdue: bool) -> None:
    """Red: leave one of them out of the sentence, or a kind out of `WORDS`."""
    wait = Wait(
        step=STEP, subject=2, kind=kind, since=SINCE, until=until, behind="", overdue=overdue
    )
    waiting = _waits(waits=[wait])
    words = WORDS[kind]
    _says(waiting, words.waits.ja.rstrip("。"), words.may.ja, words.then.ja)
    assert ("2026-11-26 10:30" in waiting.why_ja) is (until is not None)
    assert ("を過ぎました" in waiting.why_ja) is (overdue and until is not None)


@pytest.mark.parametrize(("kind", "next_at"), list(product(FAILURES, [None, NEXT])), ids=str)
def test_every_failure_says_all_four(kind: str, next_at: datetime | None) -> None:
    """And how often it was tried; a defect of ours is not called the silence of another system."""
    failure = Failure(
        step=STEP,
        subject=2,
        kind=kind,
        code="HTTP_503",
        peer=Peer.JLIS,
        times=4,
        since=SINCE,
        next_at=next_at,
        over=False,
    )
    waiting = _waits(failures=[failure])
    _says(waiting, "繰り返し試しています", "取下げはできる")
    assert "失敗 4 回（HTTP_503）" in waiting.why_ja
    assert ("次は 2026-11-26 10:30" in waiting.why_ja) is (next_at is not None)
    assert ("不具合" in waiting.why_ja) is (kind == "defect")


@pytest.mark.parametrize("state", ["open", "deciding"])
def test_what_waits_for_staff_says_what_they_may_decide(state: str) -> None:
    """Exactly the verbs of the incident, until one was chosen."""
    verbs = (Verb.RETRY, Verb.WITHDRAW)
    incident = Incident(
        incident_id=new_id(),
        step=STEP,
        subject=2,
        kind="refused",
        code="BAD_CHARACTER",
        peer=Peer.JLIS,
        verbs=verbs,
        state=state,
        opened_at=SINCE,
        decision_id=None,
    )
    waiting = _waits(incidents=[incident])
    _says(waiting, "判断")
    told = {verb for verb in Verb if VERB_NAMES[verb].ja in waiting.why_ja}
    assert told == (set(verbs) if state == "open" else set())


def test_what_has_not_begun_says_so() -> None:
    """The relay has not come to it yet."""
    _says(_waits(started_at=None), "開始を待っています", "取下げはできる")


def _says(waiting: Waiting, *parts: str) -> None:
    assert "2026-11-25 10:30 から" in waiting.why_ja, waiting.why_ja
    assert "職員: " in waiting.why_ja
    assert waiting.why_ja.split("職員: ")[1].strip("。")
    assert waiting.why_ja.endswith("。")
    assert "。。" not in waiting.why_ja
    assert waiting.step in waiting.why_ja
    for part in parts:
        assert part in waiting.why_ja, (part, waiting.why_ja)
    assert "Since 2026-11-25 10:30" in waiting.why_en
    assert waiting.why_en.split("Staff: ")[1].endswith(".")
    assert ".." not in waiting.why_en


def _waits(*, started_at: datetime | None = SINCE, **parts: Any) -> Waiting:
    """The one thing such a case waits for."""
    file = CaseFile(
        municipality="131016",
        case_id=new_id(),
        case_number="131016-R8-000123",
        procedure=Procedure.BIRTH,
        state=CaseState.OPEN,
        direction=Direction.FORWARD,
        client="test",
        reference="",
        due_on=None,
        late=False,
        accepted_at=SINCE,
        started_at=started_at,
        ended_at=None,
    )
    nothing: dict[str, Any] = {name: [] for name in CaseParts._fields}
    [waiting] = waiting_for(file, CaseParts(**(nothing | parts)))
    return waiting
