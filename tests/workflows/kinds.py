"""The procedures that trials are made of.

A new procedure adds one line to `KINDS`, and a class beside it where it begins like no other; its
steps and undos are read from its own story.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.cases import Procedure
from domain.correction import CorrectionKind, MinorCorrection
from tests.triplets import NAMES, TRIPLETS, Triplets
from tests.workflows.kinds_of_arrivals import (
    Births,
    EntersExOfficio,
    MovesIn,
    MovesInByCard,
    MovesInFromAbroad,
)
from tests.workflows.kinds_of_changes import (
    Cancels,
    Changes,
    NumberChanges,
    NumberCorrections,
    changes_code,
    changes_number,
    corrected,
    die,
    differing,
    moves,
    recognises_a_number,
    splits,
)
from tests.workflows.kinds_of_departures import LateNotices, MovesAbroad, MovesOut
from tests.workflows.kinds_of_one import LinkageCodes, Repairs, Serials, SerialsOfOne
from workflows.address_change import AddressChange
from workflows.birth import Birth
from workflows.cancellation import Cancellation
from workflows.certificate_serial import CertificateSerial
from workflows.code_change import CodeChange
from workflows.correction import Correction
from workflows.death import Death
from workflows.entry import Entry
from workflows.household_change import HouseholdChange
from workflows.linkage_code import LinkageCode
from workflows.move_in import MoveIn
from workflows.move_in_notice import MoveInNotice
from workflows.move_out import MoveOut
from workflows.number_change import NumberChange
from workflows.repair import Repair
from workflows.special_move_in import SpecialMoveIn

if TYPE_CHECKING:
    from tests.workflows.kind import Kind

_GLYPH = "葛\U000e0101城　花子"
_MOVED = differing("address", "address_since", "household_id") | {"1 relationship"}
_PARTED = differing("household_id") | {"1 relationship"}
_GONE = differing("presence")

_CHILD = ("田中　遥",)
_ONE_CHILD = Births("one_child", Procedure.BIRTH, Birth, 1, after=(1,), children=_CHILD)
_ADDRESS_CHANGE = Changes(
    "address_change", Procedure.ADDRESS_CHANGE, AddressChange, after=(_MOVED,), report=moves
)
_DEATH = Changes("death", Procedure.DEATH, Death, after=(_GONE,), report=die)

KINDS: tuple[Kind, ...] = (
    _ONE_CHILD,
    MovesOut("move_out", Procedure.MOVE_OUT, MoveOut, before=(2,), after=(0,)),
    MovesInByCard("special_move_in", Procedure.SPECIAL_MOVE_IN, SpecialMoveIn),
    MovesIn("move_in", Procedure.MOVE_IN, MoveIn),
    EntersExOfficio("entry", Procedure.ENTRY, Entry, victim=1, after=(1,)),
    LateNotices("late_notice", Procedure.MOVE_IN_NOTICE, MoveInNotice),
    _ADDRESS_CHANGE,
    _DEATH,
    Changes(
        "household_change",
        Procedure.HOUSEHOLD_CHANGE,
        HouseholdChange,
        after=(_PARTED,),
        report=splits,
    ),
    Changes(
        "correction",
        Procedure.CORRECTION,
        Correction,
        victim=1,
        after=(differing("name", who=(0,)),),
        report=corrected(CorrectionKind.ORDINARY, 0, name="新井　一朗"),
    ),
    Cancels(
        "cancellation",
        Procedure.CANCELLATION,
        Cancellation,
        after=(_MOVED,),
        cancelled=_ADDRESS_CHANGE,
    ),
    Changes(
        "code_change",
        Procedure.CODE_CHANGE,
        CodeChange,
        victim=1,
        after=(differing("code", who=(0,)),),
        report=changes_code,
    ),
    NumberChanges(
        "number_change",
        Procedure.NUMBER_CHANGE,
        NumberChange,
        victim=1,
        after=(differing("number", who=(0,)),),
        report=changes_number,
    ),
    # A 符号 is the person's own, and lapses with the 住民票.
    LinkageCodes("linkage_code", Procedure.LINKAGE_CODE, LinkageCode, before=(0, 1), after=(1,)),
    # Once its case has begun, the application stays with it.
    Serials(
        "serial",
        Procedure.CERTIFICATE_SERIAL,
        CertificateSerial,
        victim=0,
        before=("unclaimed", "attached"),
        after=("attached",),
    ),
    # What the register says is never taken back.
    Repairs("repair", Procedure.REPAIR, Repair, before=(0, 1), after=(1,)),
)
"""One of each procedure about people: what `make test` tries."""

VARIANTS: tuple[Kind, ...] = (
    Births("triplets", TRIPLETS, Triplets, after=(3,), children=NAMES),
    MovesAbroad("move_abroad", Procedure.MOVE_OUT, MoveOut, before=(2,), after=(0,)),
    MovesInFromAbroad("from_abroad", Procedure.MOVE_IN, MoveIn),
    Changes(
        "minor_correction",
        Procedure.CORRECTION,
        Correction,
        victim=1,
        after=(differing("name", who=(1,)),),
        report=corrected(
            CorrectionKind.MINOR, 1, minor=MinorCorrection.SAME_CHARACTER, name=_GLYPH
        ),
    ),
    Changes(
        "clerical_correction",
        Procedure.CORRECTION,
        Correction,
        after=(differing("name_kana"),),
        report=corrected(CorrectionKind.CLERICAL, 1, 2, name_kana="アタラシイ　ナマエ"),
    ),
    Changes(
        "struck_ex_officio",
        Procedure.CORRECTION,
        Correction,
        after=(_GONE,),
        report=corrected(CorrectionKind.STRIKE, 1, 2),
    ),
    NumberCorrections(
        "number_correction",
        Procedure.NUMBER_CHANGE,
        NumberChange,
        victim=1,
        after=(differing(who=()),),
        report=recognises_a_number,
    ),
    Cancels(
        "cancelled_death",
        Procedure.CANCELLATION,
        Cancellation,
        after=(_GONE,),
        cancelled=_DEATH,
    ),
    Cancels(
        "cancelled_birth",
        Procedure.CANCELLATION,
        Cancellation,
        victim=1,
        before=(1,),
        after=(0,),
        cancelled=replace(_ONE_CHILD, apart=True),
    ),
    SerialsOfOne(
        "serials_of_one", Procedure.CERTIFICATE_SERIAL, CertificateSerial, before=(0,), after=(2,)
    ),
)
"""The same procedures otherwise: what `make survive` tries besides."""
