"""The file of people: everything wrong is told at once, by line and item, never by value."""

from __future__ import annotations

from datetime import date

import pytest

from domain.characters import TextFault
from domain.dates import RegisterDate
from domain.people_file import OPTIONAL, REQUIRED, read_people
from domain.people_flaws import SENTENCES
from tests.people import a_family, a_person, addressee_number, as_csv, families


def flaws_of(*people: dict[str, str]) -> list[tuple[int, str, str]]:
    return [(flaw.line, flaw.column, flaw.code) for flaw in read_people(as_csv(people)).flaws]


def test_a_person_is_read_as_written() -> None:
    """Surrogate pairs and variation selectors stay code point by code point."""
    row = a_person(
        氏名="葛\U000e0100城　𠮷乃", 旧氏="髙橋", 旧氏_フリガナ="タカハシ", 住所_方書="３０５号"
    )

    (person,) = read_people(as_csv([row])).people

    assert (person.name, person.former_name) == ("葛\U000e0100城　𠮷乃", "髙橋")
    assert person.address.line == "東京都千代田区九段南三丁目1番1号"
    assert (person.address.postal_code, person.address.building) == ("1020072", "３０５号")
    assert person.resident_since == RegisterDate.on(date(2010, 4, 1))
    assert (person.addressee_number, person.line) == (row["宛名番号"], 2)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["UTF-8", "BOMつき"])
def test_a_byte_order_mark_is_neither_needed_nor_in_the_way(mark: bytes) -> None:
    assert len(read_people(mark + as_csv(families(3))).people) == 9


def test_another_encoding_is_told_with_its_line() -> None:
    lines = as_csv(a_family()).splitlines(keepends=True)
    lines[2] = lines[2].decode().replace("髙", "高").replace("𠮷", "吉").encode("cp932")

    (flaw,) = read_people(b"".join(lines)).flaws

    assert (flaw.line, flaw.code) == (3, "NOT_UTF8")


@pytest.mark.parametrize(
    ("column", "cell", "flaw"),
    [
        ("宛名番号", "", "BLANK"),
        ("宛名番号", "12345", "WRONG_FORM"),
        ("住民票コード", "12345678901", "WRONG_CHECK_DIGIT"),
        ("個人番号", "123456789012", "WRONG_CHECK_DIGIT"),
        ("世帯番号", "一" * 15, "WRONG_FORM"),
        ("氏名", "ﾀｶﾊｼ", "HALF_WIDTH_KANA"),
        ("氏名_フリガナ", "たかはし", "NOT_KATAKANA"),
        ("住所_方書", "a\tb", "CONTROL_CHARACTER"),
        ("性別", "M", "NOT_A_SEX"),
        ("生年月日", "2001-02-29", "NOT_A_DATE"),
        ("生年月日", "H13.2.1", "NOT_A_DATE"),
        ("生年月日", "1872-12-31", "BEFORE_MEIJI_6"),
        ("生年月日", "", "BLANK"),
        ("生年月日_不詳表記", "だいたい昭和", "UNKNOWN_WORDING"),
        ("住所_郵便番号", "102-0072", "WRONG_FORM"),
        ("続柄表記", "", "BLANK"),
        ("住民状態", "除票", "NOT_RESIDENT"),
    ],
)
def test_a_wrong_cell_is_named(column: str, cell: str, flaw: str) -> None:
    assert flaws_of(a_person() | {column: cell}) == [(2, column, flaw)]


def test_an_uncertain_birthday_keeps_its_words() -> None:
    """不詳日: the wording is for people, the plain day for machines; either may bring the other."""
    worded = a_person(1, 生年月日="", 生年月日_不詳表記="昭和20年頃")
    both = a_person(2, household=2, 生年月日="1945-03-01", 生年月日_不詳表記="昭和20年頃")

    first, second = read_people(as_csv([worded, both])).people

    assert first.born_on == RegisterDate(day=date(1945, 1, 1), notation="昭和20年頃")
    assert second.born_on == RegisterDate(day=date(1945, 3, 1), notation="昭和20年頃")


def test_every_flaw_of_the_file_is_told_at_once() -> None:
    head, spouse, child = a_family()
    spouse |= {"性別": "M", "生年月日": "昨日"}
    child |= {"個人番号": "1"}

    assert flaws_of(head, spouse, child) == [
        (3, "性別", "NOT_A_SEX"),
        (3, "生年月日", "NOT_A_DATE"),
        (4, "個人番号", "WRONG_FORM"),
    ]


def test_no_number_is_on_two_lines() -> None:
    first, second = a_person(1), a_person(2, household=2)
    second |= {column: first[column] for column in ("宛名番号", "住民票コード", "個人番号")}

    flaws = read_people(as_csv([first, second])).flaws

    assert {(flaw.line, flaw.column, flaw.other) for flaw in flaws} == {
        (3, "宛名番号", 2),
        (3, "住民票コード", 2),
        (3, "個人番号", 2),
    }


def test_a_household_has_one_head_and_one_address() -> None:
    head, spouse, child = a_family()

    assert flaws_of(spouse, child) == [(2, "続柄表記", "NO_HEAD")]
    assert flaws_of(head, spouse | {"続柄表記": "世帯主"}) == [(3, "続柄表記", "TWO_HEADS")]
    assert flaws_of(head, spouse | {"住所_町字": "大手町"}) == [(3, "住所", "ADDRESS_DIFFERS")]


@pytest.mark.parametrize("column", REQUIRED)
def test_a_required_column_is_missed(column: str) -> None:
    row = a_person()
    del row[column]

    assert (1, column, "MISSING_COLUMN") in flaws_of(row)


@pytest.mark.parametrize("column", OPTIONAL)
def test_an_optional_column_is_not(column: str) -> None:
    row = a_person()
    row.pop(column, None)

    assert flaws_of(row) == []


def test_columns_of_other_uses_are_passed_over_and_named() -> None:
    read = read_people(as_csv([a_person(支援措置開始年月日="")]))

    assert (len(read.people), read.ignored) == (1, ("支援措置開始年月日",))


def test_a_column_stands_once() -> None:
    header, row = as_csv([a_person()]).decode().splitlines()

    flaws = read_people(f"{header},氏名\n{row},別人\n".encode()).flaws

    assert [(flaw.column, flaw.code) for flaw in flaws] == [("氏名", "DUPLICATE_COLUMN")]


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", (1, "EMPTY_FILE")),
        (as_csv([a_person()]).splitlines(keepends=True)[0], (1, "EMPTY_FILE")),
        (as_csv([a_person()]) + b"1,2,3\n", (3, "WRONG_CELL_COUNT")),
        (as_csv([a_person()]) + b'"1,2,3\n', (3, "NOT_CSV")),
    ],
    ids=["空", "見出しだけ", "項目不足", "引用符"],
)
def test_a_file_that_is_no_table_is_refused(content: bytes, flaw: tuple[int, str]) -> None:
    assert [(one.line, one.code) for one in read_people(content).flaws] == [flaw]


def test_a_line_break_inside_quotes_does_not_shift_the_lines() -> None:
    """Lines are those an editor counts, though one record spans two of them."""
    broken = a_person(1, 住所_方書="上\n下")

    assert flaws_of(broken, a_person(2, household=2, 性別="M")) == [
        (2, "住所_方書", "CONTROL_CHARACTER"),
        (4, "性別", "NOT_A_SEX"),
    ]


def test_no_flaw_repeats_what_was_written() -> None:
    """A report may end in a log or a ticket: it has no value of any cell."""
    wrong = "90123456789"
    report = "".join(map(str, read_people(as_csv([a_person(住民票コード=wrong)])).flaws))

    assert report
    assert wrong not in report
    assert addressee_number(1) not in report


@pytest.mark.parametrize("fault", TextFault)
def test_every_fault_of_a_text_has_its_sentence(fault: TextFault) -> None:
    assert fault in SENTENCES
