from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import aiohttp
import pytest

from clients.wire import LARGEST_ANSWER, Wire
from domain.errors import ContractBroken, OfficeError, Refused, Unavailable
from local.ports import LOCALHOST
from tests.clients.peer import a_wire_to, request_of, response, saying

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

MUNICIPALITY = "131016"


@pytest.mark.parametrize(
    ("status", "body", "error", "code"),
    [
        (500, b"", Unavailable, "HTTP_500"),
        (502, b"<html>", Unavailable, "HTTP_502"),
        (503, b"", Unavailable, "HTTP_503"),
        (503, b'{"code":"CLOSED"}', Unavailable, "CLOSED"),
        (504, b"", Unavailable, "HTTP_504"),
        (408, b"", Unavailable, "HTTP_408"),
        (429, b"", Unavailable, "HTTP_429"),
        (422, b'{"code":"ORDER","reason":"x"}', Refused, "ORDER"),
        (422, b'{"code":"order of things"}', Refused, "UNSPECIFIED"),
        (422, b'{"code":42}', Refused, "UNSPECIFIED"),
        (422, b'{"code":"A234567890123456789012345678901234567890"}', Refused, None),
        (422, b'{"code":"A2345678901234567890123456789012345678901"}', Refused, "UNSPECIFIED"),
        (422, b"no", Refused, "UNSPECIFIED"),
        (409, b'{"code":"KEY_REUSED"}', ContractBroken, "KEY_REUSED"),
        (409, b"{}", ContractBroken, "HTTP_409"),
        (401, b"", ContractBroken, "DENIED"),
        (403, b"", ContractBroken, "DENIED"),
        (400, b"", ContractBroken, "HTTP_400"),
        (404, b'{"code":"UNKNOWN_MESSAGE"}', ContractBroken, "HTTP_404"),
        (413, b"", ContractBroken, "HTTP_413"),
        (301, b"", ContractBroken, "HTTP_301"),
        (307, b"", ContractBroken, "HTTP_307"),
        (200, b"", Unavailable, "MALFORMED"),
        (200, b"[]", Unavailable, "MALFORMED"),
        (200, b'{"a":1', Unavailable, "MALFORMED"),
        (200, b"<html>", Unavailable, "MALFORMED"),
        (200, b'{"a":1,"a":2}', Unavailable, "MALFORMED"),
        (200, b'{"a":NaN}', Unavailable, "MALFORMED"),
        (200, b'{"a":"\xff"}', Unavailable, "MALFORMED"),
        (200, b"[" * 100_000, Unavailable, "MALFORMED"),
        (200, b'{"a":' + b"[" * 100_000, Unavailable, "MALFORMED"),
        (200, b'{"a":"' + b"x" * LARGEST_ANSWER + b'"}', Unavailable, "MALFORMED"),
    ],
)
async def test_an_answer_becomes_an_error_by_who_must_act(
    status: int, body: bytes, error: type[OfficeError], code: str | None
) -> None:
    """5xx heals, 422 is for people, what nobody agreed on is for engineers."""
    async with a_wire_to(saying(status, body, {"Location": "/elsewhere"})) as wire:
        with pytest.raises(error) as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    assert caught.value.code == (code or json.loads(body)["code"])
    assert getattr(caught.value, "left", True)


async def test_a_good_answer_comes_back_byte_for_byte() -> None:
    body = '{ "氏名" : "葛\U000e0100城" }\n'.encode()

    async with a_wire_to(saying(200, body)) as wire:
        assert await wire.put("/x", MUNICIPALITY, b"{}") == body


async def test_only_an_unknown_message_is_nothing_and_any_other_404_is_broken() -> None:
    """A 404 from something else on the way must not be taken for "never seen"."""
    async with a_wire_to(saying(404, b'{"code":"UNKNOWN_MESSAGE"}')) as wire:
        assert await wire.get("/x", MUNICIPALITY) is None
    async with a_wire_to(saying(404, b"<html>nginx</html>")) as wire:
        with pytest.raises(ContractBroken, match="HTTP_404"):
            await wire.get("/x", MUNICIPALITY)


async def test_exactly_these_bytes_leave_and_the_municipality_with_them() -> None:
    seen: list[tuple[str, bytes]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_of(reader))
        writer.write(response(200, b"{}"))

    async with a_wire_to(talk) as wire:
        await wire.put("/telegrams/1", MUNICIPALITY, '{"a":"𠮷"}'.encode())

    [(head, body)] = seen
    assert head.startswith("PUT /base/telegrams/1 HTTP/1.1")
    assert f"Municipality: {MUNICIPALITY}" in head
    assert body == '{"a":"𠮷"}'.encode()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("3600", 3600),
        ("86400", 3600),
        ("999999999", 3600),
        ("99999999999999999999", None),
        ("-5", None),
        ("\uff11\uff12", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0),
        ("Mon, 01 Jan 2099 00:00:00 GMT", 3600),
        ("Mon, 99 Jan 2099 00:00:00 GMT", None),
    ],
)
async def test_the_pause_a_peer_asks_for_is_at_most_an_hour(
    value: str, seconds: float | None
) -> None:
    """Retry-After in seconds or as a date; nonsense counts as none."""
    text = saying(503, b"", {"Retry-After": value})
    async with a_wire_to(text) as wire:
        with pytest.raises(Unavailable) as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    expected = None if seconds is None else timedelta(seconds=seconds)
    assert caught.value.after == expected


async def test_a_pause_given_as_a_date_is_counted_from_now() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60))
    async with a_wire_to(saying(429, b"", {"Retry-After": at})) as wire:
        with pytest.raises(Unavailable) as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    assert caught.value.after is not None
    assert 50 <= caught.value.after.total_seconds() <= 60


async def test_nothing_left_us_when_nobody_listens(session: aiohttp.ClientSession) -> None:
    with socket.socket() as closed:
        closed.bind((LOCALHOST, 0))
        port = closed.getsockname()[1]
        wire = Wire(session, f"http://{LOCALHOST}:{port}", 5)

        with pytest.raises(Unavailable, match=r"^CONNECT$") as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    assert not caught.value.left


async def test_nothing_left_us_when_the_name_is_not_known(session: aiohttp.ClientSession) -> None:
    wire = Wire(session, "http://no-such-host.invalid", 5)

    with pytest.raises(Unavailable, match=r"^CONNECT$") as caught:
        await wire.put("/x", MUNICIPALITY, b"{}")

    assert not caught.value.left


async def test_a_peer_that_reads_and_never_answers_leaves_the_outcome_open() -> None:
    async def talk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with a_wire_to(talk, patience=0.2) as wire:
        with pytest.raises(Unavailable, match=r"^TIMEOUT$") as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    assert caught.value.left


async def test_patience_is_for_the_whole_answer_not_for_each_byte() -> None:
    """A slow drip must not keep a step for ever."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with a_wire_to(talk, patience=0.3) as wire:
        with pytest.raises(Unavailable, match=r"^TIMEOUT$"):
            await wire.put("/x", MUNICIPALITY, b"{}")


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"])
async def test_a_connection_cut_off_leaves_the_outcome_open(sent: bytes) -> None:
    """Whether by a reset or by an early end, before the answer or in its middle."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(sent)
        await writer.drain()
        _reset_on_close(writer)

    async with a_wire_to(talk) as wire:
        with pytest.raises(Unavailable, match=r"^BROKEN_OFF$") as caught:
            await wire.put("/x", MUNICIPALITY, b"{}")

    assert caught.value.left


async def test_no_answer_is_read_beyond_its_limit() -> None:
    """Fifty megabytes, also packed into a few kilobytes, do not fill our memory."""
    bomb = gzip.compress(b'{"a":"' + b"x" * 50_000_000 + b'"}')

    async with a_wire_to(saying(200, bomb, {"Content-Encoding": "gzip"})) as wire:
        with pytest.raises(Unavailable, match=r"^MALFORMED$"):
            await wire.put("/x", MUNICIPALITY, b"{}")


async def test_no_error_repeats_what_was_sent_or_received() -> None:
    """Errors are logged, so they carry codes alone, and no chain of other errors."""
    secret = "90123456789"
    for status in (200, 409, 422, 500):
        async with a_wire_to(saying(status, f'{{"x": "{secret}"'.encode())) as wire:
            with pytest.raises(OfficeError) as caught:
                await wire.put("/x", MUNICIPALITY, secret.encode())
        assert secret not in repr(caught.value)
        assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
