"""Numbers for tests, all from one documented prefix: none can be mistaken for a person's."""

from __future__ import annotations

from domain.numbers import MyNumber, ResidentCode

TEST_PREFIX = "90"


def resident_code(ordinal: int) -> ResidentCode:
    """The 住民票コード number ``ordinal`` (below 100 million) of those set apart for tests."""
    return ResidentCode.with_check_digit(f"{TEST_PREFIX}{ordinal:08d}")


def my_number(ordinal: int) -> MyNumber:
    """The 個人番号 number ``ordinal`` (below 1,000 million) of those set apart for tests."""
    return MyNumber.with_check_digit(f"{TEST_PREFIX}{ordinal:09d}")
