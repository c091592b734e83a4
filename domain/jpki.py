"""電子証明書 (公的個人認証法), as a municipality knows them: by serial number and state."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from domain.numbers import ResidentCode
from domain.payload import Payload


class Purpose(StrEnum):
    """What a certificate is for; only the 署名用 contains the 4情報."""

    SIGNATURE = "署名用"
    AUTHENTICATION = "利用者証明用"


class DigitalCertificate(Payload):
    """One certificate as J-LIS tells of it.

    ``serial`` is decimal, and compared as it is.  ``expires_on`` is its last day.  One that ended
    has ``reason`` (失効事由) and ``ended_at``.  ``replaces`` and ``replaced_by`` are the serial
    numbers before and after a renewal.  ``code`` is the owner's, and ``None`` where J-LIS was asked
    about a certificate that is valid no longer.
    """

    serial: str
    purpose: Purpose
    code: ResidentCode | None
    issued_at: datetime
    expires_on: date
    valid: bool
    reason: str | None
    ended_at: datetime | None
    replaces: str | None
    replaced_by: str | None


class CertificateEvent(StrEnum):
    """What came to pass with a certificate."""

    ISSUED = "発行"
    RENEWED = "更新"
    REVOKED = "失効"


class CertificateChange(Payload):
    """One event; ``certificate`` as it stands when asked, not as it stood at the event.

    The event RENEWED is about the new certificate: the one it ``replaces`` ended with it.
    """

    event: CertificateEvent
    happened_at: datetime
    certificate: DigitalCertificate


class CertificateChanges(Payload):
    """Events, oldest first; the next question goes on from ``place``, at once if there is ``more``.

    ``place`` is J-LIS's own and says nothing; blank is the beginning.
    """

    changes: tuple[CertificateChange, ...]
    more: bool
    place: str
