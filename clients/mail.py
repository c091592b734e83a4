"""Mail to operations, by the town's own mail server (RFC 5321), a message at a time."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.announcements import subject_of, text_of
from domain.errors import Unavailable

if TYPE_CHECKING:
    from domain.announcements import Announcement

SECONDS = 10.0
"""For each answer of the server."""

Security = Literal["starttls", "tls", "none"]


class MailServer(NamedTuple):
    """Where mail leaves, and from whom to whom; ``user`` blank if the server asks for none."""

    host: str
    port: int
    security: Security
    sender: str
    receivers: tuple[str, ...]
    user: str = ""
    password: str = ""


class Mail:
    """Sends announcements as plain text, from a thread: the standard library waits."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, one: Announcement) -> None:
        """Raises Unavailable CONNECT, TIMEOUT, MAIL_REFUSED or BROKEN_OFF.

        The Message-ID is the announcement's: a second copy is known by it.
        """
        try:
            await asyncio.to_thread(_deliver, self._server, message_of(one, self._server))
        except smtplib.SMTPServerDisconnected:
            raise Unavailable("BROKEN_OFF") from None
        except smtplib.SMTPException:
            raise Unavailable("MAIL_REFUSED") from None
        except TimeoutError:
            raise Unavailable("TIMEOUT") from None
        except OSError:
            raise Unavailable("CONNECT") from None


def message_of(one: Announcement, server: MailServer) -> EmailMessage:
    """The whole message."""
    message = EmailMessage()
    message["Message-ID"] = f"<{one.announcement_id}@{_domain(server)}>"
    message["Date"] = format_datetime(one.made_at)
    message["From"] = server.sender
    message["To"] = ", ".join(server.receivers)
    message["Subject"] = subject_of(one.municipality, one.news)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text_of(one.municipality, one.news))
    return message


def _deliver(server: MailServer, message: EmailMessage) -> None:
    with _connected(server) as smtp:
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(message)


def _connected(server: MailServer) -> smtplib.SMTP:
    where = (server.host, server.port, _domain(server))
    if server.security == "tls":
        return smtplib.SMTP_SSL(*where, timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(*where, timeout=SECONDS)


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2].rstrip(">")
