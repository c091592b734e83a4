"""Numbers with check digits: published vectors, an independent oracle, and every wrong digit."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from stdnum.jp import in_ as oracle

from domain.numbers import (
    AddresseeNumber,
    HouseholdNumber,
    MunicipalityCode,
    MyNumber,
    ResidentCode,
    WrongNumber,
    check_digit,
)
from domain.payload import Payload
from tests.numbers import TEST_PREFIX, my_number, resident_code

FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in "123456789018")
MUNICIPALITIES = (
    *("131016", "131041", "011002", "131130", "141003", "281000", "271004", "473821", "130001"),
    *("141305", "012025", "231002", "401005", "261009", "041009", "121002", "111007", "221309"),
)


def bodies(length: int) -> st.SearchStrategy[str]:
    """Bodies of a number, all zeros excepted."""
    return st.integers(1, 10**length - 1).map(lambda number: f"{number:0{length}d}")


def code_of(number: type[str], digits: str) -> str:
    """The code with which a kind of number refuses these digits; blank if it takes them."""
    try:
        number(digits)
    except WrongNumber as wrong:
        return wrong.code
    return ""


def with_one_wrong_digit(digits: str) -> list[str]:
    """Every string that differs from a number in exactly one digit."""
    return [
        f"{digits[:place]}{wrong}{digits[place + 1 :]}"
        for place, right in enumerate(digits)
        for wrong in "0123456789"
        if wrong != right
    ]


def blind_spot(digits: str, weights: str, sharing: set[int]) -> list[str]:
    """The single wrong digits no such formula can notice: both remainders share a check digit."""

    def remainder(number: str) -> int:
        return sum(int(d) * int(w) for d, w in zip(number[:-1], weights, strict=True)) % 11

    return [
        wrong
        for wrong in with_one_wrong_digit(digits)
        if wrong[-1] == digits[-1] and {remainder(wrong), remainder(digits)} == sharing
        if int(wrong)
    ]


def missed(number: type[str], digits: str) -> list[str]:
    """The single wrong digits that a kind of number does not notice."""
    return [wrong for wrong in with_one_wrong_digit(digits) if code_of(number, wrong) == ""]


@pytest.mark.parametrize("digits", ["123456789018", "983205673214", "111111111118", "100000000005"])
def test_published_individual_numbers_are_accepted(digits: str) -> None:
    """個人番号: 平成26年総務省令85号5条."""
    assert MyNumber(digits) == digits


@pytest.mark.parametrize(
    "digits", ["12345678903", "24727059608", "98765432103", "00000000019", "11111111113"]
)
def test_published_resident_codes_are_accepted(digits: str) -> None:
    """住民票コード: 規則1条."""
    assert ResidentCode(digits) == digits


@pytest.mark.parametrize("digits", MUNICIPALITIES)
def test_a_municipality_has_one_code_in_two_lengths(digits: str) -> None:
    """全国地方公共団体コード: six digits, or five as in JIS and telegrams."""
    assert MunicipalityCode.from_five(digits[:5]) == digits
    assert MunicipalityCode(digits).five == digits[:5]


@pytest.mark.parametrize(
    ("sequence", "number"),
    [
        (1, "000000000000019"),
        (2, "000000000000027"),
        (3, "000000000000035"),
        (4, "000000000000043"),
        (5, "000000000000051"),
        (14, "000000000000140"),
        (10000000000001, "100000000000016"),
    ],
)
def test_addressee_and_household_numbers_count_up(sequence: int, number: str) -> None:
    """宛名番号 and 世帯番号: M11W2~7, remainder 0 gives 0 (標準仕様書 1.1.13)."""
    assert AddresseeNumber.from_sequence(sequence) == number
    assert HouseholdNumber.from_sequence(sequence) == number


def test_a_sequence_value_with_remainder_1_is_passed_over() -> None:
    """The standard has no digit for it; as a number it is refused whatever its last digit."""
    assert AddresseeNumber.from_sequence(6) is None
    assert {code_of(AddresseeNumber, f"00000000000006{last}") for last in range(10)} == {
        "WRONG_CHECK_DIGIT"
    }
    with pytest.raises(WrongNumber, match="WRONG_CHECK_DIGIT"):
        AddresseeNumber.with_check_digit("00000000000006")


@given(bodies(11))
def test_individual_numbers_agree_with_an_independent_implementation(body: str) -> None:
    """python-stdnum computes the same digit."""
    assert oracle.is_valid(MyNumber.with_check_digit(body))
    assert oracle.calc_check_digit(body) == check_digit(body)


@given(bodies(11))
def test_a_wrong_digit_in_an_individual_number_is_caught_where_the_formula_can(body: str) -> None:
    """All are, but those that move the remainder between 0 and 1, which share a digit."""
    number = MyNumber.with_check_digit(body)
    assert missed(MyNumber, number) == blind_spot(number, "65432765432", {0, 1})


@given(bodies(10))
def test_a_wrong_digit_in_a_resident_code_is_caught_where_the_formula_can(body: str) -> None:
    """All are, but those that move the remainder between 0 and 1."""
    code = ResidentCode.with_check_digit(body)
    assert missed(ResidentCode, code) == blind_spot(code, "5432765432", {0, 1})


@given(st.integers(1, 47), st.integers(0, 999))
def test_a_wrong_digit_in_a_municipality_code_is_caught_where_the_formula_can(
    prefecture: int, municipality: int
) -> None:
    """All are, but those that move the remainder between 0 and 10, in prefectures that exist."""
    code = MunicipalityCode.from_five(f"{prefecture:02d}{municipality:03d}")
    possible = blind_spot(code, "65432", {0, 10})
    assert missed(MunicipalityCode, code) == [w for w in possible if "01" <= w[:2] <= "47"]


@given(st.integers(1, 10**14 - 1))
def test_every_wrong_digit_in_an_addressee_number_is_caught(sequence: int) -> None:
    """No blind spot: the remainder that would share a digit is never issued."""
    number = AddresseeNumber.from_sequence(sequence)
    assert number is None or missed(AddresseeNumber, number) == []


def test_the_blind_spot_is_real() -> None:
    """Remainders 0 and 1 share the digit 0, so this slip of one digit cannot be seen."""
    assert MyNumber("000000000140") != MyNumber("000000200140")


@pytest.mark.parametrize(
    ("number", "digits", "code"),
    [
        pytest.param(MyNumber, "123456789012", "WRONG_CHECK_DIGIT", id="個人番号の検査数字"),
        pytest.param(MyNumber, "983205673210", "WRONG_CHECK_DIGIT", id="公開例の誤り"),
        pytest.param(MyNumber, "000000000000", "NEVER_ISSUED", id="個人番号の全ゼロ"),
        pytest.param(ResidentCode, "00000000000", "NEVER_ISSUED", id="住民票コードの全ゼロ"),
        pytest.param(AddresseeNumber, "000000000000000", "NEVER_ISSUED", id="宛名番号の全ゼロ"),
        pytest.param(MyNumber, "12345678901", "WRONG_FORM", id="一桁足りない"),
        pytest.param(MyNumber, FULL_WIDTH, "WRONG_FORM", id="全角数字"),
        pytest.param(MyNumber, "12345678901٨", "WRONG_FORM", id="アラビア数字"),
        pytest.param(MyNumber, "12345678901²", "WRONG_FORM", id="上付き数字"),
        pytest.param(MyNumber, "1234-5678-9018", "WRONG_FORM", id="区切り"),
        pytest.param(ResidentCode, "12345678903\n", "WRONG_FORM", id="改行付き"),
        pytest.param(MunicipalityCode, "131017", "WRONG_CHECK_DIGIT", id="団体コードの検査数字"),
        pytest.param(MunicipalityCode, "480003", "WRONG_CHECK_DIGIT", id="検査数字が先"),
        pytest.param(MunicipalityCode, "480002", "NO_SUCH_PREFECTURE", id="48番目の県"),
        pytest.param(MunicipalityCode, "000001", "NO_SUCH_PREFECTURE", id="00県"),
    ],
)
def test_a_wrong_number_is_refused_by_code(number: type[str], digits: str, code: str) -> None:
    """The refusal says why, and nothing of the digits."""
    assert code_of(number, digits) == code


def test_numbers_of_persons_show_no_digit_in_a_log() -> None:
    """A stray ``repr`` of a 個人番号 or 住民票コード leaks nothing."""
    assert repr([my_number(1), resident_code(1)]) == "[MyNumber(…), ResidentCode(…)]"


class Card(Payload):
    """A payload as others build them."""

    number: MyNumber
    municipality: MunicipalityCode = MunicipalityCode("131016")


def test_a_number_travels_in_a_payload_as_plain_text() -> None:
    """An ordinary string in JSON, checked on arrival; inside the process it keeps its kind."""
    card = Card(number=my_number(1))

    sent = card.model_dump_json()

    assert sent == f'{{"number":"{my_number(1)}","municipality":"131016"}}'
    assert Card.model_validate_json(sent) == card
    assert type(Card.model_validate_json(sent).number) is MyNumber
    assert type(card.model_dump()["number"]) is MyNumber


def test_a_payload_refuses_a_wrong_number_without_repeating_it() -> None:
    """Errors end in logs."""
    with pytest.raises(ValidationError, match="WRONG_CHECK_DIGIT") as refusal:
        Card.model_validate({"number": "123456789012"})
    assert "123456789012" not in str(refusal.value)


def test_a_number_describes_itself_to_strangers() -> None:
    """The OpenAPI schema says how many digits."""
    described = Card.model_json_schema()["properties"]["number"]
    assert (described["type"], described["pattern"]) == ("string", "^[0-9]{12}$")


def test_a_copied_number_is_still_its_kind() -> None:
    """Copies and pickles keep the type that hides the digits."""
    number = my_number(7)
    for twin in (copy.deepcopy(number), pickle.loads(pickle.dumps(number))):  # noqa: S301 – ours
        assert (twin, type(twin)) == (number, MyNumber)


def test_test_numbers_are_known_by_their_prefix() -> None:
    """No number of a test can be mistaken for a person's."""
    assert {str(resident_code(5))[:2], str(my_number(5))[:2]} == {TEST_PREFIX}
