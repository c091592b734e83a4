"""The numbers of the field, as values that cannot hold a wrong check digit.

Each is an immutable string of ASCII digits, so it is stored, compared and sent as itself, and is a
pydantic field type.  A wrong one raises ``WrongNumber``, which carries a code and never the value.

The blind spot: eleven remainders must share ten digits.  In 個人番号 and 住民票コード remainders 0
and 1 both give 0, in 全国地方公共団体コード 0 and 10 both give 1, so a single wrong digit that
moves one of these remainders to the other passes.  Every other single wrong digit is caught, and
in 宛名番号 and 世帯番号 all are, because there remainder 1 is never issued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic_core import core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

_MODULUS = 11


class WrongNumber(ValueError):
    """Not a number of its kind; ``code`` tells why, and the digits are never repeated."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_digit(body: str) -> str:
    """Compute the last digit of a 個人番号 (from 11 digits) or 住民票コード (from 10).

    Weights 2 to 7, again and again from the right, modulus 11; remainders 0 and 1 give 0
    (個人番号: 平成26年総務省令85号5条; 住民票コード: 規則1条, 平成14年総務省告示436号).
    """
    remainder = _remainder_2_to_7(body)
    return str(_MODULUS - remainder) if remainder > 1 else "0"


def municipality_check_digit(body: str) -> str:
    """Compute the sixth digit of a 全国地方公共団体コード: remainder 0 gives 1, and 1 gives 0."""
    total = sum(int(digit) * weight for digit, weight in zip(body, range(6, 1, -1), strict=True))
    return str((_MODULUS - total % _MODULUS) % 10)


class _Number(str):
    """A fixed number of ASCII digits, the last of which checks the others."""

    __slots__ = ()
    _length: ClassVar[int]

    def __new__(cls, digits: str) -> Self:
        if not (len(digits) == cls._length and digits.isascii() and digits.isdigit()):
            raise WrongNumber("WRONG_FORM")
        if cls._check_digit(digits[:-1]) != digits[-1]:
            raise WrongNumber("WRONG_CHECK_DIGIT")
        cls._examine(digits[:-1])
        return super().__new__(cls, digits)

    @classmethod
    def with_check_digit(cls, body: str) -> Self:
        """Complete a body with its check digit."""
        if not (len(body) == cls._length - 1 and body.isascii() and body.isdigit()):
            raise WrongNumber("WRONG_FORM")
        return cls(body + (cls._check_digit(body) or "0"))

    @classmethod
    def _check_digit(cls, body: str) -> str | None:
        """The digit that belongs to a body; None if the body has none and is never issued."""
        return check_digit(body)

    @classmethod
    def _examine(cls, body: str) -> None:
        """Refuse bodies that pass the arithmetic and still cannot exist."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"pattern": f"^[0-9]{{{cls._length}}}$"}


class _IssuedToOnePerson(_Number):
    """A number that must not reach a log: its ``repr`` shows no digit."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    @classmethod
    def _examine(cls, body: str) -> None:
        if not body.strip("0"):
            raise WrongNumber("NEVER_ISSUED")


class MyNumber(_IssuedToOnePerson):
    """個人番号: 12 digits (番号法2条5項)."""

    __slots__ = ()
    _length = 12


class ResidentCode(_IssuedToOnePerson):
    """住民票コード: 11 digits, the first ten at random (住民基本台帳法7条13号, 規則1条)."""

    __slots__ = ()
    _length = 11


class MunicipalityCode(_Number):
    """全国地方公共団体コード: 6 digits; prefecture 2, municipality 3 (000: the prefecture)."""

    __slots__ = ()
    _length = 6

    @classmethod
    def from_five(cls, five: str) -> Self:
        """The code from its five-digit form, as JIS X 0402 and 住基ネット telegrams have it."""
        return cls.with_check_digit(five)

    @property
    def five(self) -> str:
        """Without the check digit."""
        return self[:5]

    @classmethod
    def _check_digit(cls, body: str) -> str:
        return municipality_check_digit(body)

    @classmethod
    def _examine(cls, body: str) -> None:
        if not "01" <= body[:2] <= "47":  # JIS X 0401
            raise WrongNumber("NO_SUCH_PREFECTURE")


class _SequenceNumber(_Number):
    """14 digits counted up, then モジュラス11 M11W2~7 (住民記録システム標準仕様書 1.1.13).

    The standard gives remainder 0 the digit 0 and is silent about remainder 1, which would need
    two digits.  Such a sequence value is passed over: were it given 0 as well, a single wrong digit
    could turn one person's number into another's unnoticed.
    """

    __slots__ = ()
    _length = 15

    @classmethod
    def from_sequence(cls, value: int) -> Self | None:
        """The number for a sequence value; None for one that is passed over (take the next)."""
        body = f"{value:014d}"
        return cls(body + digit) if (digit := cls._check_digit(body)) else None

    @classmethod
    def _check_digit(cls, body: str) -> str | None:
        remainder = _remainder_2_to_7(body)
        return None if remainder == 1 else str(-remainder % _MODULUS)

    @classmethod
    def _examine(cls, body: str) -> None:
        if not body.strip("0"):
            raise WrongNumber("NEVER_ISSUED")


class AddresseeNumber(_SequenceNumber):
    """宛名番号: 15 digits; one person keeps it for life, also on coming back (再転入)."""

    __slots__ = ()


class HouseholdNumber(_SequenceNumber):
    """世帯番号: 15 digits; a new household, a new number."""

    __slots__ = ()


def _remainder_2_to_7(body: str) -> int:
    digits = enumerate(reversed(body))
    return sum(int(digit) * (place % 6 + 2) for place, digit in digits) % _MODULUS
