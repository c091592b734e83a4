"""Cases as the API shows them: where they stand, what they wait for, what staff may do.

No personal data: people are their number in the case and an opaque id.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.stuck_answers import StuckAnswer
from domain.cases import CaseState, DecisionState, Direction, StepState, Verb


class Receipt(BaseModel):
    """受け付けたことの控え。"""

    case_number: str = Field(examples=["131016-R8-000123"])
    state: CaseState
    due_on: date | None = Field(default=None, description="法定の届出期限（閉庁日は翌開庁日）")
    late: bool = Field(default=False, description="期限を過ぎた届出か（過ぎても受け付ける）")


class CaseSummary(BaseModel):
    """案件の一行。"""

    case_number: str
    procedure: str = Field(examples=["出生付番"])
    state: CaseState = Field(
        description="open: 進行中、completed: 完了、withdrawn: 取下げ済み、expired: 期限切れ"
    )
    direction: Direction = Field(description="forward: 進行、withdrawing: 取下げの途中")
    client: str = Field(description="受け付けた利用者")
    reference: str
    due_on: date | None
    late: bool
    accepted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    waiting_for_staff: bool = Field(description="職員の判断を待っているか")
    overdue: bool = Field(description="期限を過ぎても届かないものを待っているか（転入通知未着）")


class CasePage(BaseModel):
    """案件の一覧の一頁。新しいものから。"""

    cases: list[CaseSummary]
    next_cursor: str | None


class Waiting(BaseModel):
    """案件が待っているもの一つ。"""

    kind: str = Field(
        description="start: 開始、staff: 職員の判断、decision: 判断の実行、failure: 再試行、"
        "lane: 先の電文、code_stock: 住民票コード、opening: 開局、gate: 送信の再開、"
        "peer_progress: 相手の処理、"
        "linkage_code: 中間サーバーの機関別符号、next_page: 次の頁、"
        "departure_day: 転出予定日又は転入通知、move_in_notice: 転入通知、"
        "certificate: 転出証明書情報、visit: 来庁、approval: 決裁、next_item: 次の件、"
        "resumption: 再開、outcomes: 判断の結果"
    )
    ja: str
    en: str
    since: datetime
    until: datetime | None = Field(default=None, description="期限（業務の時計）")
    overdue: bool = Field(default=False, description="期限を過ぎたか（未着照会の対象）")
    then_ja: str = Field(default="", description="その後どうなるか")
    then_en: str = ""
    may_ja: str = Field(default="", description="職員にできること")
    may_en: str = ""
    silent_ja: str = Field(
        default="", description="二つの系を通る処理で、どちらがまだか（機関別符号の取得）"
    )
    silent_en: str = ""
    why_ja: str = Field(default="", description="何を、いつから待ち、次はいつ、職員は何ができるか")
    why_en: str = ""
    next_try: datetime | None = None
    step: str = ""
    subject: int | None = None
    code: str = ""
    peer: str | None = None
    failed_attempts: int = 0
    behind: str = Field(default="", description="先に終わるべき案件")
    mark: str = Field(
        default="", description="どこまで進んだか、又は相手での番号", examples=["1,200 / 5,000 人"]
    )


class PersonAtStep(BaseModel):
    """ある人についての、一つの処理の状態。"""

    subject: int = Field(description="対象者（0 は案件の全員を一度に行う処理）")
    state: StepState
    generation: int = Field(description="届出の何版で行ったか（0 は受付時）")
    begun_at: datetime | None = None
    settled_at: datetime | None = None
    failed_attempts: int = 0


class StepAnswer(BaseModel):
    """手続の一行。"""

    step: str = Field(examples=["個人番号を要求して登録する"])
    undo: str | None = Field(description="取り消す処理（なければ null）")
    peer: str | None = Field(description="相手システム")
    persons: list[PersonAtStep]


class AllowedDecision(BaseModel):
    """選べる判断と、その意味。"""

    verb: Verb
    ja: str
    en: str
    needs: list[str] = Field(description="必要な項目")
    roles: list[str] = Field(description="行える役割")


class IncidentAnswer(BaseModel):
    """対応待ち。"""

    incident_id: UUID
    state: str = Field(description="open: 判断待ち、deciding: 判断を実行中")
    kind: str
    code: str
    step: str
    subject: int
    resident_id: UUID | None
    peer: str | None
    since: datetime
    advice_ja: str
    advice_en: str
    allowed: list[AllowedDecision]
    amendable_fields: list[str]


class DecisionAnswer(BaseModel):
    """判断と、その結果。"""

    decision_id: UUID
    incident_id: UUID | None
    verb: Verb
    author: str
    role: str
    accepted_at: datetime
    state: DecisionState = Field(
        description="accepted: 受付、executing: 実行中、worked: 成功、failed_again: 再び失敗"
    )
    step: str = Field(default="", description="判断した処理（案件全体の取下げなら空）")
    subject: int = 0
    code: str = Field(default="", description="対応待ちの符号")
    led_to: UUID | None = Field(default=None, description="再び失敗して開いた新しい対応待ち")


class DecisionDetail(DecisionAnswer):
    """判断の全体。理由と根拠は職員の言葉のまま。"""

    reason: str
    evidence: str
    second_person: str


class DecisionReceipt(BaseModel):
    """受け付けた判断の控え。"""

    decision_id: UUID
    case_number: str
    state: DecisionState


class PersonAnswer(BaseModel):
    """案件の対象者。"""

    subject: int
    resident_id: UUID


class PeerNoteAnswer(BaseModel):
    """長く応答しない相手システム。"""

    peer: str
    title: str
    code: str
    since: datetime


class CaseAnswer(CaseSummary):
    """案件の全体。"""

    persons: list[PersonAnswer]
    waiting_for: list[Waiting]
    steps: list[StepAnswer]
    incidents: list[IncidentAnswer]
    decisions: list[DecisionAnswer]
    peer_notes: list[PeerNoteAnswer]
    stuck: StuckAnswer | None = Field(
        description="動くはずなのに止まっているか（見張りによる。止まっていなければ null）"
    )
    withdrawal: AllowedDecision | None = Field(description="取下げ（できないときは null）")


class PlannedUndo(BaseModel):
    """取下げで行うことの一つ。"""

    step: str
    undo: str | None
    subject: int
    resident_id: UUID | None
    how: str = Field(
        description="machine: 自動で取り消す、ask_first: 相手に照会してから取り消す、"
        "by_hand: 手作業で取り消す、stays: 取り消す処理がなく残る"
    )


class UndoPlan(BaseModel):
    """取下げをすると何が起きるか。新しい処理から順に。"""

    case_number: str
    possible: bool
    refused_as: str = Field(default="", description="取下げを断る理由の符号。なければ空")
    blocked_by: list[str] = Field(description="先に取り消すべき案件")
    undos: list[PlannedUndo]
    codes: dict[int, str] = Field(
        description="住民票コードの行方。対象者ごとに free（在庫に戻る）又は retired（欠番）"
    )
