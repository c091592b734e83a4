"""On whose behalf a transaction of the register is done."""

from __future__ import annotations

from domain.payload import Payload


class Acting(Payload):
    """Municipality (6-digit code), who acts (a person's or process's id, never a name), and why."""

    municipality: str
    actor: str
    purpose: str
