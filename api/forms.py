"""What callers fill in: field types that check, and the parts several forms share."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from api.bodies import Form
from domain.characters import (
    BadText,
    TextFault,
    check_address,
    check_building,
    check_kana,
    check_name,
)
from domain.dates import RegisterDate, first_day_of, to_wareki, wording_of
from domain.numbers import MunicipalityCode, MyNumber, ResidentCode
from domain.residents import HEAD, Address, Sex

LONGEST_REMARK = 1000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CASE_NUMBER = re.compile(r"\d{6}-[A-Z]\d{1,3}-\d{6,12}", re.ASCII)
_UNSEEN = {
    "Cc": TextFault.CONTROL_CHARACTER,
    "Cf": TextFault.INVISIBLE_CHARACTER,
    "Cs": TextFault.LONE_SURROGATE,
    "Co": TextFault.PRIVATE_CHARACTER,
    "Cn": TextFault.UNASSIGNED_CHARACTER,
}


class WrongValue(ValueError):
    """A value no field of this kind can hold; ``code`` tells why, the value is not repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def day(value: object) -> date:
    """A calendar day written YYYY-MM-DD, and nothing else that might pass for one."""
    if not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise WrongValue("NOT_A_DATE")
    try:
        read = date.fromisoformat(value)
    except ValueError:
        raise WrongValue("NOT_A_DATE") from None
    to_wareki(read)
    return read


def register_date(value: object) -> RegisterDate:
    """A day, or {day, notation}: the words of an uncertain date, with a plain day if there is one.

    Without ``day`` the plain day is the first that fits the words.  Raises ``WrongDate``.
    """
    if isinstance(value, str):
        return RegisterDate.on(day(value))
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    notation = told.get("notation")
    if not isinstance(notation, str) or told.keys() - {"day", "notation"}:
        raise WrongValue("NOT_A_DATE")
    wording_of(notation)
    plain = told.get("day")
    return RegisterDate.worded(notation, first_day_of(notation) if plain is None else day(plain))


def case_number(value: str) -> str:
    """A case number, by its form."""
    if not _CASE_NUMBER.fullmatch(value):
        raise WrongValue("NOT_A_CASE_NUMBER")
    return value


def remark(value: str) -> str:
    """What staff write in their own words: several lines, no character that nobody sees."""
    for character in value:
        fault = _UNSEEN.get(unicodedata.category(character))
        if fault and character not in "\n\t":
            raise BadText(fault)
    return value.strip()


def _not_blank(value: str) -> str:
    if not value:
        raise WrongValue("BLANK")
    return value


def _not_head(value: str) -> str:
    if value == HEAD:
        raise WrongValue("HEAD_STANDS")
    return value


def _sex(value: object) -> Sex:
    """One of the words, as a word: an enumeration would also take what merely equals one."""
    if not isinstance(value, str) or value not in set(Sex):
        raise WrongValue("NOT_A_SEX")
    return Sex(value)


_DAY_SCHEMA = {"type": "string", "format": "date", "description": "YYYY-MM-DD"}
_WORDED_SCHEMA = {
    "type": "object",
    "description": "不詳日: 認められた表記と、あれば計算に使う日",
    "additionalProperties": False,
    "required": ["notation"],
    "properties": {
        "notation": {"type": "string", "examples": ["令和8年11月上旬"]},
        "day": _DAY_SCHEMA,
    },
}

Day = Annotated[date, PlainValidator(day), WithJsonSchema(_DAY_SCHEMA)]
DayOrWords = Annotated[
    RegisterDate,
    PlainValidator(register_date),
    WithJsonSchema({"anyOf": [_DAY_SCHEMA, _WORDED_SCHEMA]}),
]
DayOrWordsLater = Annotated[
    RegisterDate | None,
    PlainValidator(register_date),
    WithJsonSchema({"anyOf": [_DAY_SCHEMA, _WORDED_SCHEMA]}),
]
"""The same where it may be left out; null is no date."""
Name = Annotated[str, AfterValidator(check_name), Field(description="氏名。未定なら空")]
Kana = Annotated[str, AfterValidator(check_kana), Field(description="全角カタカナ")]
SexAsSaid = Annotated[
    Sex,
    PlainValidator(_sex),
    WithJsonSchema({"type": "string", "enum": list(Sex), "description": "分からなければ空"}),
]
Relationship = Annotated[
    str,
    Field(max_length=20, description="世帯主との続柄"),
    AfterValidator(check_name),
    AfterValidator(_not_blank),
    AfterValidator(_not_head),
]
CaseNumber = Annotated[
    str, AfterValidator(case_number), Field(examples=["131016-R8-000123"], max_length=40)
]
Reference = Annotated[
    str,
    AfterValidator(check_name),
    Field(description="呼び出す側の受付番号など。検索に使える（個人の情報を書かないこと）"),
]
Remark = Annotated[
    str, Field(max_length=LONGEST_REMARK), BeforeValidator(lambda v: v), AfterValidator(remark)
]


def _code(value: object) -> ResidentCode:
    if not isinstance(value, str):
        raise WrongValue("WRONG_TYPE")
    return ResidentCode(value)


def _number(value: object) -> MyNumber:
    if not isinstance(value, str):
        raise WrongValue("WRONG_TYPE")
    return MyNumber(value)


def _municipality(value: object) -> MunicipalityCode:
    if not isinstance(value, str):
        raise WrongValue("WRONG_TYPE")
    return MunicipalityCode(value)


CodeAsRead = Annotated[
    ResidentCode,
    PlainValidator(_code),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{11}$", "description": "住民票コード"}),
]
NumberAsRead = Annotated[
    MyNumber,
    PlainValidator(_number),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^[0-9]{12}$",
            "writeOnly": True,
            "description": "個人番号。直ちに暗号化し、どの回答にも現れない",
        }
    ),
]
MunicipalityAsRead = Annotated[
    MunicipalityCode,
    PlainValidator(_municipality),
    WithJsonSchema(
        {"type": "string", "pattern": "^[0-9]{6}$", "description": "全国地方公共団体コード"}
    ),
]


class AddressForm(Form):
    """住所。"""

    postal_code: str = Field(
        default="", pattern="^([0-9]{7})?$", description="郵便番号（7桁、ハイフンなし）"
    )
    line: Annotated[str, AfterValidator(check_address), AfterValidator(_not_blank)] = Field(
        description="都道府県から地番まで"
    )
    building: Annotated[str, AfterValidator(check_building)] = Field(default="", description="方書")

    def address(self) -> Address:
        """The address as the register keeps it."""
        return Address(**dict(self))
