"""Cases: one procedure for one 届出, and the small reference everything passes around."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.payload import Payload


class Procedure(StrEnum):
    """Kinds of case; the value is the workflow type operators read, permanent once landed."""

    BIRTH = "出生付番"
    MOVE_OUT = "転出受理"
    SPECIAL_MOVE_IN = "特例転入"
    MOVE_IN = "転入"
    MOVE_IN_NOTICE = "転入通知受理"
    LINKAGE_CODE = "符号取得"
    CERTIFICATE_SERIAL = "証明書シリアル取得"
    ADDRESS_CHANGE = "転居"
    DEATH = "死亡"
    HOUSEHOLD_CHANGE = "世帯変更"
    CORRECTION = "職権修正"
    ENTRY = "職権記載"
    CANCELLATION = "異動取消"
    CODE_CHANGE = "住民票コード変更"
    NUMBER_CHANGE = "個人番号変更"
    SERIAL_BATCH = "証明書シリアル一括取得"
    CODE_TOP_UP = "住民票コード補充"
    RECONCILIATION = "突合"
    REPAIR = "差異修正"
    BULK = "一括処理"


class CaseRef(Payload):
    """All a workflow is told: whose case, and which.  ``case_number`` is only its label."""

    municipality: str
    case_id: UUID
    case_number: str


class StepRef(Payload):
    """What every step of a case takes, for the whole life of the case, doing and undoing alike."""

    municipality: str
    case_id: UUID
    subject: int


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Direction(StrEnum):
    """Which way an open case is going."""

    FORWARD = "forward"
    WITHDRAWING = "withdrawing"


class Closing(CaseRef):
    """A case whose story has been told to its end in a direction, and which may close so."""

    told: Direction = Direction.FORWARD


class StepState(StrEnum):
    """What the ledger knows of one step for one person."""

    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    DONE = "done"
    BY_HAND = "by_hand"
    UNDONE = "undone"
    UNDONE_BY_HAND = "undone_by_hand"


class Verb(StrEnum):
    """What staff may decide."""

    RETRY = "retry"
    AMEND = "amend"
    DONE_BY_HAND = "done_by_hand"
    WITHDRAW = "withdraw"


class DecisionState(StrEnum):
    """How far a decision has come."""

    ACCEPTED = "accepted"
    EXECUTING = "executing"
    WORKED = "worked"
    FAILED_AGAIN = "failed_again"


class WaitKind(StrEnum):
    """What a case waits for when nothing has failed."""

    LANE = "lane"
    CODE_STOCK = "code_stock"
    OPENING = "opening"
    GATE = "gate"
    PEER_PROGRESS = "peer_progress"
    LINKAGE_CODE = "linkage_code"
    NEXT_PAGE = "next_page"
    DEPARTURE_DAY = "departure_day"
    MOVE_IN_NOTICE = "move_in_notice"
    CERTIFICATE = "certificate"
    VISIT = "visit"
    APPROVAL = "approval"
    NEXT_ITEM = "next_item"
    RESUMPTION = "resumption"
    OUTCOMES = "outcomes"


class Progress(Payload):
    """What a step reports: settled, or what it waits for.

    ``wait`` names the cause and ``seconds`` the longest sensible sleep before asking again;
    wake-ups shorten it.  ``behind`` is the case number in front, where there is one; ``until`` the
    instant, by the business clock, at which the wait ends or is overdue, where there is one;
    ``mark`` is what the silent side knows the matter by, as a 処理通番.
    """

    wait: WaitKind | None = None
    seconds: float = 0
    behind: str = ""
    until: datetime | None = None
    mark: str = ""


DONE = Progress()


class LedgerLine(Payload):
    """One step of one person as the ledger has it."""

    step: str
    subject: int
    state: StepState


class Standing(Payload):
    """Where a case stands (現況): what every run reads first, and after every wake-up."""

    direction: Direction
    subjects: tuple[int, ...]
    lines: tuple[LedgerLine, ...]
    parked: tuple[tuple[str, int], ...]
    """Steps and subjects whose incident still waits for a decision."""
    late: bool = False
    needs_approval: bool = False
    """Nothing may be entered before a second person has approved it (決裁)."""
    over: bool = False
    """The case has come to an end of its own, as a 転入 that nobody came for (期限切れ)."""
    ending: str = ""
    """The state such a case ends in."""


def workflow_id(procedure: str, case_number: str) -> str:
    """The engine's id of a case."""
    return f"{procedure}-{case_number}"
