"""The kinds of case that trials are made of leave no procedure out."""

from __future__ import annotations

from domain.cases import Procedure
from tests.workflows.kinds import KINDS, VARIANTS

ABOUT_NOBODY = {
    Procedure.CODE_TOP_UP,
    Procedure.SERIAL_BATCH,
    Procedure.RECONCILIATION,
    Procedure.BULK,
}
"""These are about no person in particular."""


def test_every_procedure_about_people_is_tried_once() -> None:
    """Of each exactly one kind is in every run of the tests.  Red: leave one out of `KINDS`."""
    tried = [kind.procedure for kind in KINDS]
    assert sorted(tried) == sorted(set(Procedure) - ABOUT_NOBODY)


def test_every_kind_has_a_name_of_its_own() -> None:
    """Its histories are called by it."""
    names = [kind.name for kind in (*KINDS, *VARIANTS)]
    assert len(set(names)) == len(names)
