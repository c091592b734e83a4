"""How the outside world misbehaves: what is armed, for whom, and how often.

    UNAVAILABLE    503 (or ``status``) before anything happens, with Retry-After if ``retry_after``
    LOSE_REQUEST   the connection is cut before anything happens
    LOSE_REPLY     the effect stands, then the connection is cut, or ``status`` is answered
    REFUSE         422 with ``code`` and ``reason``; it enters the ledger, so it stands for ever
    SLOW           ``seconds`` before anything happens
    CLOSED         503 CLOSED with opens_at and Retry-After, ``seconds`` from now
    MALFORMED      the effect stands, and the answer is damaged as ``form`` says
    DUPLICATE      a notice a system sends by itself arrives twice
    PASS           nothing: a healthy step of a scenario

Notices a system sends by itself are met by DUPLICATE, and with ``on`` "notice" also by LOSE_REPLY
(it arrives, and is sent again), LOSE_REQUEST (it does not, and is sent again), SLOW and PASS; their
municipality is the receiver.

A scenario is a list of faults that follow each other: the next begins when the one before is spent.
``doors.py`` plays them; the systems themselves know nothing of this.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID, uuid4

from pydantic import BaseModel, Field


class FaultKind(StrEnum):
    """What goes wrong."""

    UNAVAILABLE = "UNAVAILABLE"
    LOSE_REQUEST = "LOSE_REQUEST"
    LOSE_REPLY = "LOSE_REPLY"
    REFUSE = "REFUSE"
    SLOW = "SLOW"
    CLOSED = "CLOSED"
    MALFORMED = "MALFORMED"
    DUPLICATE = "DUPLICATE"
    PASS = "PASS"  # noqa: S105 - no password


class Form(StrEnum):
    """How a malformed answer is damaged; ``damage.py`` does it."""

    CUT = "CUT"
    HTML = "HTML"
    EMPTY = "EMPTY"
    HUGE = "HUGE"
    OTHER_MESSAGE = "OTHER_MESSAGE"
    CHECK_DIGIT = "CHECK_DIGIT"
    OTHER_CODE = "OTHER_CODE"
    MISSING_ITEM = "MISSING_ITEM"


class On(StrEnum):
    """Which exchanges a fault meets."""

    SEND = "send"
    LOOK_UP = "look_up"
    NOTICE = "notice"
    ANY = "any"


class Fault(BaseModel):
    """One fault: where it waits (``system`` to ``on``), how often, and what it does.

    ``times`` is how many exchanges it meets, ``None`` for ever; the first ``skip`` that match pass
    unharmed.  ``message`` is a kind such as CS-04; for a look-up, the kind first sent by that id.
    ``message_id`` names the one message it waits for.
    """

    system: str
    kind: FaultKind
    municipality: str | None = None
    message: str | None = None
    message_id: UUID | None = None
    on: On = On.SEND
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    retry_after: str | None = None
    code: str = "REFUSED_BY_TEST"
    reason: str = "試験のため受け付けません。"
    seconds: Annotated[float, Field(ge=0, le=600)] = 1.0
    form: Form = Form.CUT

    def matches(self, exchange: Exchange) -> bool:
        """Whether this fault waits for such an exchange."""
        return (
            self.system == exchange.system
            and self.municipality in {None, exchange.municipality}
            and self.message in {None, exchange.message}
            and self.message_id in {None, exchange.message_id}
            and self._waits_on(exchange.on)
        )

    def _waits_on(self, on: On) -> bool:
        if on is On.NOTICE:
            return self.kind is FaultKind.DUPLICATE or self.on is On.NOTICE
        return self.kind is not FaultKind.DUPLICATE and self.on in {On.ANY, on}


class Exchange(BaseModel):
    """A request as faults see it, or a notice that a system is about to send by itself."""

    system: str
    municipality: str
    on: On
    message: str | None
    message_id: UUID | None = None


class Scenario:
    """Faults that follow each other; what has been spent of the first is counted here."""

    def __init__(self, faults: list[Fault]) -> None:
        self.id = uuid4()
        self.faults = faults
        self.met = 0

    def take(self, exchange: Exchange) -> Fault | None:
        """The fault this exchange meets, if it is its turn; counts it as met."""
        fault = self.faults[0]
        if not fault.matches(exchange):
            return None
        self.met += 1
        if self.met <= fault.skip:
            return None
        if fault.times is not None and self.met >= fault.skip + fault.times:
            self.faults = self.faults[1:]
            self.met = 0
        return fault


class Faults:
    """Everything armed, oldest first; the first that matches is met, alone."""

    def __init__(self) -> None:
        self._scenarios: list[Scenario] = []

    def arm(self, faults: list[Fault]) -> UUID:
        """Arm a scenario, of one fault or several."""
        scenario = Scenario(faults)
        self._scenarios.append(scenario)
        return scenario.id

    def armed(self, municipality: str | None = None) -> list[Scenario]:
        """What still waits, everywhere or for one municipality."""
        return [s for s in self._scenarios if municipality in {None, s.faults[0].municipality}]

    def clear(self, municipality: str | None = None) -> None:
        """Disarm everything, or what waits for one municipality."""
        if municipality is None:
            self._scenarios = []
            return
        for scenario in self._scenarios:
            scenario.faults = [f for f in scenario.faults if f.municipality != municipality]
        self._drop_spent()

    def take(self, exchange: Exchange) -> Fault | None:
        """The fault an exchange meets now."""
        found = next((f for s in self._scenarios if (f := s.take(exchange))), None)
        self._drop_spent()
        return found

    def on_notice(self, system: str, municipality: str, kind: str) -> Fault | None:
        """The fault met by a notice that a system is about to send by itself."""
        exchange = Exchange(system=system, municipality=municipality, on=On.NOTICE, message=kind)
        return self.take(exchange)

    def waits_for_kinds(self, system: str, municipality: str) -> bool:
        """Whether the kind of a message matters to what is armed here."""
        return any(
            fault.message is not None
            and fault.system == system
            and fault.municipality in {None, municipality}
            for scenario in self._scenarios
            for fault in scenario.faults
        )

    def _drop_spent(self) -> None:
        self._scenarios = [scenario for scenario in self._scenarios if scenario.faults]
