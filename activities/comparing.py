"""One person side by side in two systems: every kind of difference, each told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clients import addressee_comparison, jlis_comparison
from clients import unified_addressee as addressee_wire
from domain.differences import DifferenceKind as Kind
from domain.notices import HouseholdCopy
from domain.numbers import AddresseeNumber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from register.comparing import Ours


class Hashes(NamedTuple):
    """How a number or a serial number is compared: by the register's own keyed hash of it."""

    number: Callable[[str], bytes]
    serial: Callable[[str], bytes]


def at_jlis(ours: Ours | None, held: jlis_comparison.Held | None, hashes: Hashes) -> Iterator[Kind]:
    """Register against 住基ネット."""
    live = held is not None and held.live
    if ours is None:
        yield from (Kind.JLIS_STRANGER,) if live else ()
    elif ours.here is not live:
        yield Kind.JLIS_NOT_LIVE if ours.here else Kind.JLIS_STILL_LIVE
    elif held is not None and ours.here:
        yield from _at_jlis_too(ours, held, hashes)


def _at_jlis_too(ours: Ours, held: jlis_comparison.Held, hashes: Hashes) -> Iterator[Kind]:
    if held.contents != jlis_comparison.contents_of(ours.entry):
        yield Kind.JLIS_IDENTITY
    if held.update_number != ours.delivered:
        yield Kind.JLIS_ORDER
    theirs = None if held.number is None else hashes.number(held.number)
    if ours.number is None and theirs is not None:
        yield Kind.JLIS_NUMBER_NOT_HERE
    elif ours.number != theirs:
        yield Kind.JLIS_NUMBER
    valid = {hashes.serial(serial) for serial in held.serials}
    if valid - ours.serials:
        yield Kind.SERIAL_MISSING
    if ours.serials - valid:
        yield Kind.SERIAL_STALE


def at_addressee(
    ours: Ours | None, held: addressee_comparison.Held | None, hashes: Hashes
) -> Iterator[Kind]:
    """Register against 統合宛名; who has no 個人番号 yet cannot have a 宛名 there either."""
    is_open = held is not None and held.open
    if ours is None:
        yield from (Kind.ADDRESSEE_STRANGER,) if is_open else ()
    elif ours.here and not is_open:
        yield from (Kind.ADDRESSEE_MISSING,) if ours.number is not None else ()
    elif is_open and not ours.here:
        yield Kind.ADDRESSEE_STILL_OPEN
    elif held is not None and ours.here:
        if held.contents != addressee_wire.contents_of(ours.entry):
            yield Kind.ADDRESSEE_CONTENTS
        if ours.number is not None and hashes.number(held.number) != ours.number:
            yield Kind.ADDRESSEE_NUMBER


def at_server(ours: Ours | None, held: addressee_comparison.Held | None) -> Iterator[Kind]:
    """Register against 中間サーバー, as far as 統合宛名 agrees that somebody is here, or not."""
    if ours is None or held is None or ours.here is not held.open:
        return
    if ours.here:
        yield from _at_server_too(ours, held)
        return
    if held.open_at_server:
        yield Kind.UNIFIED_NUMBER_STILL_OPEN
    if held.copy is not None:
        yield Kind.COPY_STILL_THERE


def _at_server_too(ours: Ours, held: addressee_comparison.Held) -> Iterator[Kind]:
    if not held.open_at_server:
        yield Kind.UNIFIED_NUMBER_MISSING
    if held.copy is None:
        yield Kind.COPY_MISSING
    elif held.copy != addressee_wire.facts_of(copy_of(ours)):
        yield Kind.COPY_CONTENTS
    if not held.linked:
        yield Kind.LINKAGE_CODE_MISSING


def copy_of(ours: Ours) -> HouseholdCopy:
    """The 副本 a person's entry makes."""
    since = ours.entry.resident_since
    return HouseholdCopy(
        addressee_number=AddresseeNumber(ours.key),
        household_id=ours.entry.household_id,
        relationship=ours.entry.relationship,
        resident_since=since.day if since else None,
    )
