"""Every problem this API can answer with, in one table (RFC 9457); the words: `problem_kinds`.

A code is permanent once landed.
"""

from __future__ import annotations

from enum import Enum, unique
from typing import TYPE_CHECKING

from api.problem_kinds import (
    arrivals,
    bulk,
    cases,
    changes,
    departures,
    inbox,
    people,
    requests,
    upkeep,
)
from api.problem_kinds.kind import Kind, Words

if TYPE_CHECKING:
    from http import HTTPStatus

__all__ = ["Kind", "ProblemType", "Words"]


@unique
class ProblemType(Enum):
    """The member's name is the ``code`` clients may rely on."""

    # who asks
    NOT_IDENTIFIED = requests.NOT_IDENTIFIED
    ROLE_NOT_ALLOWED = requests.ROLE_NOT_ALLOWED
    MUNICIPALITY_NOT_SERVED = requests.MUNICIPALITY_NOT_SERVED

    # how it is asked
    NOT_FOUND = requests.NOT_FOUND
    METHOD_NOT_ALLOWED = requests.METHOD_NOT_ALLOWED
    MALFORMED_JSON = requests.MALFORMED_JSON
    UNSUPPORTED_MEDIA_TYPE = requests.UNSUPPORTED_MEDIA_TYPE
    BODY_TOO_LARGE = requests.BODY_TOO_LARGE
    INVALID_INPUT = requests.INVALID_INPUT
    IDEMPOTENCY_KEY_MISSING = requests.IDEMPOTENCY_KEY_MISSING
    IDEMPOTENCY_KEY_MALFORMED = requests.IDEMPOTENCY_KEY_MALFORMED
    IDEMPOTENCY_KEY_REUSED = requests.IDEMPOTENCY_KEY_REUSED

    # what is asked for
    UNKNOWN_CASE = cases.UNKNOWN_CASE
    UNKNOWN_INCIDENT = cases.UNKNOWN_INCIDENT
    UNKNOWN_DECISION = cases.UNKNOWN_DECISION
    UNKNOWN_RESIDENT = people.UNKNOWN_RESIDENT
    UNKNOWN_HOUSEHOLD = people.UNKNOWN_HOUSEHOLD

    # births
    POSSIBLE_DUPLICATE = people.POSSIBLE_DUPLICATE

    # moves
    WRONG_PERSON = arrivals.WRONG_PERSON
    CARD_NOT_VERIFIED = arrivals.CARD_NOT_VERIFIED
    SPECIAL_MOVE_IN_EXPIRED = arrivals.SPECIAL_MOVE_IN_EXPIRED
    NO_VISIT_AWAITED = arrivals.NO_VISIT_AWAITED
    ALREADY_REPORTED = arrivals.ALREADY_REPORTED
    ALREADY_RESIDENT = arrivals.ALREADY_RESIDENT
    NUMBERS_DIFFER = arrivals.NUMBERS_DIFFER

    # the inbox
    NOT_GENUINE = inbox.NOT_GENUINE
    WRONG_RECEIVER = inbox.WRONG_RECEIVER
    UNKNOWN_MESSAGE = inbox.UNKNOWN_MESSAGE
    MESSAGE_PLACED = inbox.MESSAGE_PLACED
    MESSAGE_ERASED = inbox.MESSAGE_ERASED

    # moves away
    NOT_RESIDENT = departures.NOT_RESIDENT
    OTHER_HOUSEHOLD = departures.OTHER_HOUSEHOLD
    ALREADY_LEAVING = departures.ALREADY_LEAVING
    SAME_MUNICIPALITY = departures.SAME_MUNICIPALITY
    HEAD_TO_BE_NAMED = departures.HEAD_TO_BE_NAMED
    HEAD_NOT_STAYING = departures.HEAD_NOT_STAYING
    NOT_A_MOVE_OUT = departures.NOT_A_MOVE_OUT
    ALREADY_DEPARTED = departures.ALREADY_DEPARTED
    MOVED_IN_ELSEWHERE = departures.MOVED_IN_ELSEWHERE

    # changes of people who live here
    HOUSEHOLD_GONE = changes.HOUSEHOLD_GONE
    HEAD_GONE = changes.HEAD_GONE
    SAME_HOUSEHOLD = changes.SAME_HOUSEHOLD
    RELATIONSHIP_MISSING = changes.RELATIONSHIP_MISSING
    NOT_AMONG_MOVERS = changes.NOT_AMONG_MOVERS
    NOTHING_CHANGES = changes.NOTHING_CHANGES
    BEFORE_ADDRESS = changes.BEFORE_ADDRESS
    OTHER_ADDRESS = changes.OTHER_ADDRESS
    WHOLE_HOUSEHOLD = changes.WHOLE_HOUSEHOLD
    PART_OF_HOUSEHOLD = changes.PART_OF_HOUSEHOLD

    # 異動の取消し
    STILL_OPEN = changes.STILL_OPEN
    NOT_CANCELLABLE = changes.NOT_CANCELLABLE
    NOTHING_TO_CANCEL = changes.NOTHING_TO_CANCEL
    TWO_HEADS = changes.TWO_HEADS

    # approval
    NO_REPORT = cases.NO_REPORT
    NO_APPROVAL_WAITED_FOR = cases.NO_APPROVAL_WAITED_FOR
    REPORT_CORRECTED = cases.REPORT_CORRECTED
    OWN_REPORT = cases.OWN_REPORT

    # decisions
    CASE_CLOSED = cases.CASE_CLOSED
    STALE_INCIDENT = cases.STALE_INCIDENT
    ALREADY_DECIDED = cases.ALREADY_DECIDED
    VERB_NOT_ALLOWED = cases.VERB_NOT_ALLOWED
    ALREADY_WITHDRAWING = cases.ALREADY_WITHDRAWING
    OUTCOME_UNKNOWN = cases.OUTCOME_UNKNOWN
    LATER_CASE_STANDS = cases.LATER_CASE_STANDS
    NUMBER_CHANGED = cases.NUMBER_CHANGED
    NUMBER_BOUND = cases.NUMBER_BOUND
    INCIDENT_REQUIRED = cases.INCIDENT_REQUIRED
    MISSING_REASON = cases.MISSING_REASON
    MISSING_EVIDENCE = cases.MISSING_EVIDENCE
    MISSING_AMENDMENT = cases.MISSING_AMENDMENT
    NUMBER_REQUIRED = cases.NUMBER_REQUIRED
    NUMBER_NOT_WANTED = cases.NUMBER_NOT_WANTED
    WRONG_NUMBER = cases.WRONG_NUMBER
    SECOND_PERSON_REQUIRED = cases.SECOND_PERSON_REQUIRED
    SECOND_PERSON_IS_AUTHOR = cases.SECOND_PERSON_IS_AUTHOR
    SECOND_PERSON_UNKNOWN = cases.SECOND_PERSON_UNKNOWN

    # 一括処理
    UNKNOWN_BULK_REPAIR = bulk.UNKNOWN_BULK_REPAIR
    NOTHING_TO_REPAIR = bulk.NOTHING_TO_REPAIR
    BULK_TOO_LARGE = bulk.BULK_TOO_LARGE
    BULK_STANDS_ELSEWHERE = bulk.BULK_STANDS_ELSEWHERE
    OWN_BULK_REPAIR = bulk.OWN_BULK_REPAIR

    # stock
    TOP_UP_OPEN = upkeep.TOP_UP_OPEN
    ALREADY_UNDER_WAY = upkeep.ALREADY_UNDER_WAY
    NO_RESIDENT_CODE = upkeep.NO_RESIDENT_CODE
    UNKNOWN_DIFFERENCE = upkeep.UNKNOWN_DIFFERENCE
    DIFFERENCE_NOT_OPEN = upkeep.DIFFERENCE_NOT_OPEN
    NO_REPAIR = upkeep.NO_REPAIR
    GATE_NOT_HELD = upkeep.GATE_NOT_HELD

    # ourselves
    ISSUER_UNAVAILABLE = requests.ISSUER_UNAVAILABLE
    REGISTER_UNAVAILABLE = requests.REGISTER_UNAVAILABLE
    INTERNAL_ERROR = requests.INTERNAL_ERROR

    @property
    def code(self) -> str:
        """The stable code."""
        return self.name

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status that goes with it."""
        return self.value.status
