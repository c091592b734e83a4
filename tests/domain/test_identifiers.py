from __future__ import annotations

import time

from domain.identifiers import new_id


def test_an_id_tells_when_it_was_made_and_is_never_made_twice() -> None:
    """UUIDv7 (RFC 9562): version and variant, 48 bits of milliseconds, the rest random."""
    before = time.time_ns() // 1_000_000
    made = [new_id() for _ in range(1000)]
    after = time.time_ns() // 1_000_000

    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert all(before <= one.int >> 80 <= after for one in made)
    assert len(set(made)) == 1000
