"""What forms say of a household: who is what to its head, and who heads those who stay behind."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from api.bodies import Form
from api.forms import Relationship
from domain.heads import NewRelationship, Succession


class NewRelationshipForm(Form):
    """ある人の、世帯主との新しい続柄。"""

    resident_id: UUID
    relationship: Relationship

    def said(self) -> NewRelationship:
        """As the register keeps it."""
        return NewRelationship(resident_id=self.resident_id, relationship=self.relationship)


class StayingForm(Form):
    """世帯主が抜け、二人以上が残るとき、誰が世帯主になるか（住民基本台帳法25条）。"""

    new_head: UUID | None = Field(default=None, description="新しい世帯主")
    relationships: list[NewRelationshipForm] = Field(
        default_factory=list[NewRelationshipForm],
        max_length=50,
        description="残る人の、新しい世帯主との続柄（変わる人だけ）",
    )
    head_left_open: bool = Field(default=False, description="世帯主未設定のまま処理する")

    def succession(self) -> Succession:
        """As the register keeps it."""
        return Succession(
            new_head=self.new_head,
            relationships=tuple(one.said() for one in self.relationships),
            head_left_open=self.head_left_open,
        )
