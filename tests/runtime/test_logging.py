from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from domain.errors import Refused
from domain.numbers import check_digit
from local import HOME
from runtime.logging import MASK, mask_numbers, portrait

# Made up: 90 begins no number that was ever issued.
_BODY = "90123456789"
MY_NUMBER = _BODY + check_digit(_BODY)
RESIDENT_CODE = _BODY[:10] + check_digit(_BODY[:10])
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in MY_NUMBER)
SPACED = f"{MY_NUMBER[:4]} {MY_NUMBER[4:8]} {MY_NUMBER[8:]}"
HYPHENED = SPACED.replace(" ", "-")


def masked(**event: Any) -> Any:
    return mask_numbers(None, "info", event)


@pytest.mark.parametrize(
    "number", [MY_NUMBER, RESIDENT_CODE, FULL_WIDTH, SPACED, HYPHENED, int(MY_NUMBER)]
)
def test_a_number_of_a_person_is_masked_wherever_it_stands(number: str | int) -> None:
    """個人番号 and 住民票コード, in text, in lists, in keys; red with an empty pattern."""
    event = masked(text=f"番号{number}です", plain=number, deep=[{"a": (number,)}], key={number: 1})

    assert event == {
        "text": f"番号{MASK}です",
        "plain": MASK,
        "deep": [{"a": [MASK]}],
        "key": {MASK: 1},
    }


@pytest.mark.parametrize(
    "harmless",
    [
        MY_NUMBER[:-1] + str((int(MY_NUMBER[-1]) + 1) % 10),
        f"1{MY_NUMBER}",
        "131016-R8-000123",
        "2026-11-23T17:44:08.854755Z",
        1_795_456_829_123,
        True,
        None,
    ],
)
def test_what_is_nobodys_number_stays(harmless: object) -> None:
    """A wrong check digit, a longer run, a case number, an instant."""
    assert masked(value=harmless) == {"value": harmless}


def test_an_error_is_told_by_type_code_and_lines_never_by_its_text() -> None:
    """The text of a foreign error may be somebody's name."""
    try:
        try:
            raise KeyError("山田太郎")
        except KeyError as cause:
            raise Refused("ADDRESS_UNKNOWN") from cause
    except Refused as error:
        told = portrait(error)

    assert [link["type"] for link in told] == ["domain.errors.Refused", "builtins.KeyError"]
    assert told[0]["code"] == "ADDRESS_UNKNOWN"
    assert told[0]["at"][0].startswith("tests/runtime/test_logging.py:")
    assert "山田太郎" not in json.dumps(told, ensure_ascii=False)


_SPEAKER = f"""
import asyncio, gc, logging, threading, warnings
import structlog
from runtime.logging import configure

configure(process="probe")
secret = "山田太郎 {MY_NUMBER}"
structlog.get_logger().info("case_accepted", case="131016-R8-000123", number="{MY_NUMBER}")
try:
    raise ValueError(secret)
except ValueError as error:
    logging.getLogger("temporalio.activity").warning("failed %s", error, exc_info=True)
    structlog.get_logger().exception("step_failed")

async def main():
    async def dies():
        raise ValueError(secret)
    task = asyncio.create_task(dies())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()

class Odd:
    def __str__(self):
        raise ValueError(secret)

asyncio.run(main())
logging.getLogger("odd").error("%s", Odd())
thread = threading.Thread(target=lambda: {{}}[secret])
thread.start()
thread.join()
raise RuntimeError(secret)
"""


def test_no_way_of_failing_prints_a_person() -> None:
    """Logs, forgotten tasks, threads, broken records, last tracebacks: JSON, and silent on it."""
    spoken = subprocess.run(
        [sys.executable, "-c", _SPEAKER], cwd=HOME, check=False, capture_output=True, text=True
    )

    lines = [json.loads(line) for line in spoken.stderr.splitlines()]
    assert [line["event"] for line in lines] == [
        "case_accepted",
        "failed ValueError",
        "step_failed",
        "Task exception was never retrieved",
        "unreadable record",
        "uncaught error in a thread",
        "uncaught error",
    ]
    assert all(line["process"] == "probe" for line in lines)
    assert "山田" not in spoken.stderr + spoken.stdout
    assert MY_NUMBER not in spoken.stderr + spoken.stdout
