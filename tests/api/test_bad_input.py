"""Bad input, field by field: refused, named in two languages, never repeated, nothing stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.api.counter import LARGEST
from tests.api.desk import Desk

if TYPE_CHECKING:
    from tests.api.conftest import Land
    from tests.api.counter import Answer, Api


@pytest.fixture(scope="module")
async def desk(api: Api, land: Land) -> Desk:
    """One desk for all of it: whatever bad input leaves behind would be seen by the next test."""
    town = await land.open_town(households=2)
    return await Desk.of(town, api.client(town))


BAD_TEXTS = {
    "HALF_WIDTH_KANA": "ﾀｶﾊｼ秘密",
    "CONTROL_CHARACTER": "髙橋\u0007秘密",
    "EMOJI": "髙橋👶秘密",
    "INVISIBLE_CHARACTER": "髙橋\u202e秘密",
    "PRIVATE_CHARACTER": "髙橋\ue000秘密",
    "STRAY_MARK": "\u3099秘密",
    "REPEATED_SPACE": "髙橋　　秘密",
    "SPACE_AT_EDGE": "秘密 ",
    "TOO_LONG": "秘密" * 151,
    "WRONG_TYPE": 90_123,
}
TEXT_FIELDS = ("child.name", "reference", "child.address.line", "child.address.building")
BAD_DATES = {
    "NOT_A_DATE": [
        "2026-02-30",
        "2026-2-3",
        "令和8年2月3日",
        "2026-02-03T00:00:00",
        20_260_203,
        None,
    ],
    "FUTURE_DATE": ["2999-12-31"],
    "BEFORE_MEIJI_6": ["1872-12-31"],
}
BAD_WORDS = {
    "UNKNOWN_WORDING": [{"notation": "ひみつ頃"}],
    "DAY_NEEDED": [{"notation": "年月日不詳"}],
    "OUTSIDE_ERA": [{"notation": "昭和70年頃"}],
    "NOT_A_DATE": [{"notation": "昭和20年頃", "秘密": 1}, {"day": "2026-11-20"}, ["2026-11-20"]],
    "FUTURE_DATE": [{"notation": "令和80年頃"}],
}
FLAWS: list[tuple[str, Any, str]] = [
    *((field, text, code) for field in TEXT_FIELDS for code, text in BAD_TEXTS.items()),
    *(("child.born_on", value, code) for code, values in BAD_DATES.items() for value in values),
    *(("child.born_on", value, code) for code, values in BAD_WORDS.items() for value in values),
    *(
        ("notified_on", value, code)
        for code, values in BAD_DATES.items()
        for value in values
        if value is not None
    ),
    ("notified_on", "2020-01-01", "BEFORE_BIRTH"),
    ("child.name_kana", "たかはし", "NOT_KATAKANA"),
    ("child.name_kana", "ﾀｶﾊｼ", "HALF_WIDTH_KANA"),
    ("child.sex", "女性", "NOT_A_SEX"),
    ("child.sex", 1, "NOT_A_SEX"),
    ("child.relationship", "", "BLANK"),
    ("child.relationship", "世帯主", "HEAD_STANDS"),
    ("child.address.postal_code", "102-0072", "WRONG_FORM"),
    ("child.address.line", "", "BLANK"),
    ("household_id", "131016", "NOT_AN_ID"),
    ("household_id", 12, "NOT_AN_ID"),
    ("household_id", "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11", "UNKNOWN_HOUSEHOLD"),
    ("not_the_same_as", "131016-R8-000123", "WRONG_TYPE"),
    ("not_the_same_as.0", "秘密", "NOT_A_CASE_NUMBER"),
    ("not_the_same_as", ["131016-R8-000123"] * 11, "TOO_LONG"),
    ("child", None, "WRONG_TYPE"),
]
RAW: dict[str, tuple[bytes, str]] = {
    "twice": (b'{"household_id": "a", "household_id": "b"}', "household_id"),
    "twice inside": (b'{"child": {"sex": "\xe7\x94\xb7", "sex": ""}}', "sex"),
    "NaN": (b'{"child": NaN}', ""),
    "infinite": (b'{"child": -Infinity}', ""),
    "surrogate": (b'{"child": {"name": "\\ud842"}}', "child.name"),
    "NUL": (b'{"child": {"name": "a\\u0000"}}', "child.name"),
    "deep": (b'{"child": ' + b"[" * 5000 + b"]" * 5000 + b"}", ""),
    "quite deep": (b'{"child": ' + b"[" * 40 + b"]" * 40 + b"}", ""),
}


@pytest.mark.parametrize(("field", "value", "code"), FLAWS)
async def test_a_bad_value_names_its_field(desk: Desk, field: str, value: Any, code: str) -> None:
    """One bad value in an otherwise perfect 届出 is told by field and code, and not repeated."""
    answer = await desk.client.post("/v1/births", _flawed(desk, field, value))
    assert answer.status == 422, answer.text
    assert (field, code) in answer.fields
    assert not _echoed(answer, value)
    assert not (await desk.client.get("/v1/cases")).json["cases"]


@pytest.mark.parametrize("field", ["household_id", "child", "child.sex", "child.born_on"])
async def test_what_is_needed_is_asked_for(desk: Desk, field: str) -> None:
    """A required field left out is named."""
    answer = await desk.client.post("/v1/births", _without(desk, field))
    assert answer.status == 422
    assert (field, "MISSING") in answer.fields


@pytest.mark.parametrize("field", ["秘密", "child.秘密", "child.address.秘密", "case_id"])
async def test_an_unknown_field_is_refused_and_not_repeated(desk: Desk, field: str) -> None:
    """A field that is not on the form may be anybody's name, so its place is told, not its name."""
    answer = await desk.client.post("/v1/births", _flawed(desk, field, "秘密"))
    assert answer.status == 422
    assert (field.rpartition(".")[0], "UNKNOWN_FIELD") in answer.fields
    assert "秘密" not in answer.text


@pytest.mark.parametrize("flaw", RAW)
async def test_doubtful_json_is_refused(desk: Desk, flaw: str) -> None:
    """What two readers could read in two ways is read by none."""
    raw, field = RAW[flaw]
    answer = await desk.client.send("/v1/births", raw)
    assert answer.status == 422, answer.text
    assert {named for named, _ in answer.fields} == {field}


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"a"', b"\xff\xfe", b'{"a": "\xff"}', b"{'a': 1}"])
async def test_what_is_not_json_is_refused(desk: Desk, raw: bytes) -> None:
    """A body is one JSON object in UTF-8."""
    answer = await desk.client.send("/v1/births", raw)
    assert (answer.status, answer.code) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=shift_jis"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_other_media_types_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    """Only JSON in UTF-8, as it is."""
    raw = json.dumps(desk.birth()).encode()
    answer = await desk.client.send("/v1/births", raw, **headers)
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_large_body_is_not_read_to_its_end(desk: Desk) -> None:
    """Whether its length is declared or comes in pieces, too much is refused."""
    large = b'{"reference": "' + b"a" * LARGEST + b'"}'
    declared = await desk.client.send("/v1/births", large)
    assert (declared.status, declared.code) == (413, "BODY_TOO_LARGE")

    async def pieces() -> Any:
        for start in range(0, len(large), 4096):
            yield large[start : start + 4096]

    streamed = await desk.client.ask(
        "POST",
        "/v1/births",
        data=pieces(),
        headers={"Content-Type": "application/json", "Idempotency-Key": str(uuid4())},
    )
    assert (streamed.status, streamed.code) == (413, "BODY_TOO_LARGE")


async def test_a_household_without_a_head_takes_no_child(desk: Desk) -> None:
    """本籍 and 筆頭者 are the head's, so there must be one."""
    async with desk.town.open() as tx:
        await tx.execute(
            "UPDATE resident_present SET presence = '除票'"
            " WHERE household_id = $1 AND entry ->> 'relationship' = '世帯主'",
            desk.households[1],
        )
    answer = await desk.client.post("/v1/births", desk.birth(household=1))
    assert ("household_id", "NO_HEAD") in answer.fields


@pytest.mark.parametrize(
    ("criteria", "field", "code"),
    [
        ({}, "", "NO_CRITERIA"),
        ({"cursor": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11"}, "", "NO_CRITERIA"),
        ({"code": "90000000019"}, "code", "WRONG_CHECK_DIGIT"),
        ({"my_number": "900000000012"}, "my_number", "WRONG_CHECK_DIGIT"),
        ({"my_number": "１２３４"}, "my_number", "WRONG_FORM"),
        ({"household_number": "1"}, "household_number", "WRONG_FORM"),
        ({"addressee_number": 1}, "addressee_number", "WRONG_TYPE"),
        ({"born_on": 0}, "born_on", "NOT_A_DATE"),
        ({"name": "あ" * 101}, "name", "TOO_LONG"),
    ],
)
@pytest.mark.parametrize("what", ["residents", "households"])
async def test_bad_criteria_are_named(
    desk: Desk, what: str, criteria: dict[str, Any], field: str, code: str
) -> None:
    """Criteria are as strict as a form: numbers must have the right check digit."""
    answer = await desk.client.post(f"/v1/{what}/search", criteria)
    assert answer.status == 422, answer.text
    assert (field, code) in answer.fields


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("state", "秘密", "NOT_A_CHOICE"),
        ("procedure", "秘密", "NOT_A_CHOICE"),
        ("accepted_from", "2026-02-30", "NOT_A_DATE"),
        ("cursor", "秘密", "BAD_CURSOR"),
        ("cursor", "YXxi", "BAD_CURSOR"),
        ("limit", "0", "WRONG_FORM"),
        ("limit", "x", "WRONG_FORM"),
        ("waiting_for_staff", "x", "WRONG_FORM"),
        ("reference", "a\u0000", "CONTROL_CHARACTER"),
        ("", "unknown=1", "UNKNOWN_FIELD"),
    ],
)
async def test_bad_filters_are_named(desk: Desk, field: str, value: str, code: str) -> None:
    """A filter nobody understands is refused, not passed over."""
    params = {field: value} if field else {"秘密": value}
    answer = await desk.client.get("/v1/cases", **params)
    assert answer.status == 422, answer.text
    assert (field, code) in answer.fields
    assert "秘密" not in answer.text


def _flawed(desk: Desk, field: str, value: Any) -> dict[str, Any]:
    body = json.loads(json.dumps(desk.birth()))
    if field.startswith("child.address"):
        body["child"]["address"] = {"line": "東京都千代田区飯田橋三丁目1番1号"}
    if field.startswith("not_the_same_as"):
        body |= {"not_the_same_as": [""], "not_the_same_reason": "双子"}
    place: Any = body
    *way, last = field.split(".")
    for part in way:
        place = place[part]
    place[int(last) if last.isdigit() else last] = value
    return body


def _without(desk: Desk, field: str) -> dict[str, Any]:
    body = _flawed(desk, field, None)
    place = body
    *way, last = field.split(".")
    for part in way:
        place = place[part]
    del place[last]
    return body


def _echoed(answer: Answer, value: Any) -> bool:
    telling = isinstance(value, str) and len(value) > 2 and value != "世帯主"
    return "秘密" in answer.text or "ひみつ" in answer.text or (telling and value in answer.text)
