"""Numbers as the outside world makes and checks them.

Everything made here begins with the test prefix 90, so that none can be taken for a person's.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

TEST_PREFIX = "90"
_LOADED = 10**7
_CODE_DIGITS = 10
_NUMBER_DIGITS = 11


def check_digit(digits: str) -> str:
    """Modulus 11 with weights 2 to 7 from the right (総務省令85号5条; 平成14年総務省告示436号)."""
    weighted = sum(int(digit) * (place % 6 + 2) for place, digit in enumerate(reversed(digits)))
    rest = weighted % 11
    return "0" if rest <= 1 else str(11 - rest)


def is_code(text: str) -> bool:
    """Whether this is a 住民票コード with a right check digit."""
    return _is_checked(text, _CODE_DIGITS)


def is_number(text: str) -> bool:
    """Whether this is a 個人番号 with a right check digit."""
    return _is_checked(text, _NUMBER_DIGITS)


def is_municipality(text: str) -> bool:
    """Whether this is a 全国地方公共団体コード with a right check digit."""
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, range(6, 1, -1), strict=False))
    return text[-1] == str((11 - total % 11) % 10)


def fresh_code() -> str:
    """A 住民票コード drawn at random (規則14条1項); the caller sees to it that it is new.

    The first ten million are left to those who load people.
    """
    drawn = _LOADED + secrets.randbelow(10**8 - _LOADED)
    return _completed(TEST_PREFIX, drawn, _CODE_DIGITS)


def numbers_for(code: str, key: bytes, changes: int = 0) -> list[str]:
    """Candidates for the 個人番号 of a code, in order; without the key none leads back to it.

    ``changes`` is how often the person's number has been changed before: others come each time.
    """
    seed = f"{code}/{changes}" if changes else code
    return [_number(hmac.digest(key, f"{seed}/{again}".encode(), "sha256")) for again in range(5)]


def symbol_for(code: str, municipality: str, key: bytes) -> str:
    """The 機関別符号: an opaque 256-bit token, another one at every institution."""
    return hmac.new(key, f"{municipality}:{code}".encode(), hashlib.sha256).hexdigest()


def _number(digest: bytes) -> str:
    return _completed(TEST_PREFIX, int.from_bytes(digest, "big") % 10**9, _NUMBER_DIGITS)


def _completed(prefix: str, rest: int, digits: int) -> str:
    body = f"{prefix}{rest:0{digits - len(prefix)}d}"
    return body + check_digit(body)


def _is_checked(text: str, digits: int) -> bool:
    fits = re.fullmatch(rf"\d{{{digits + 1}}}", text, re.ASCII)
    return bool(fits) and check_digit(text[:-1]) == text[-1]
