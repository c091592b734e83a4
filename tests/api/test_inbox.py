"""The inbox over HTTP: genuine, stored before acknowledged, and never dropped."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from clients.inbox import Push, signature_of
from domain.cases import Procedure
from domain.numbers import MunicipalityCode
from runtime.settings import TokenRole
from tests.api.counter import INBOX_SECRETS, JSON_TYPE, Answer
from tests.clients.letters import CHIYODA, CODE, NUMBER, a_visit, items_of, said

if TYPE_CHECKING:
    from tests.api.counter import Api, Client
    from tests.towns import Town


async def push(
    api: Api, town: Town, kind: str, contents: dict[str, Any], **how: Any
) -> tuple[UUID, Answer]:
    """Push one message as the system it comes from; ``how`` says what is unusual about it."""
    message_id = how.get("message_id", uuid4())
    system = how.get("system", "mynaportal" if kind.startswith("OS") else "jlis")
    envelope = {
        "電文ID": str(how.get("named", message_id)),
        "電文種別": kind,
        "市町村コード": how.get("receiver", town.code),
        "発信元": CHIYODA,
        "発信日時": "2026-11-24T09:00:00+09:00",
        "本文": contents,
    }
    body = how.get("body", json.dumps(envelope, ensure_ascii=False).encode())
    secret = how.get("secret", INBOX_SECRETS.get(system, ""))
    signature = signature_of(Push(str(message_id), town.code, body), secret)
    headers = {
        "Municipality": how.get("header", town.code),
        "Message-Id": str(message_id),
        "Signature": signature,
        **JSON_TYPE,
    }
    url = f"/v1/inbox/{system}"
    async with api.session.post(url, data=body, headers=headers) as response:
        return message_id, Answer(response.status, response.headers, await response.text())


def certificate(town: Town) -> dict[str, Any]:
    """Contents of a CS-05 for a town."""
    return items_of(said(destination=MunicipalityCode(town.code)))


async def listed(client: Client) -> list[dict[str, Any]]:
    """What waits for somebody."""
    return (await client.get("/v1/inbox")).json["messages"]


async def count(town: Town, table: str) -> int:
    """How many rows a table of the town has."""
    async with town.open() as tx:
        return await tx.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 - named here


async def test_a_certificate_opens_the_case_of_its_applicant(
    api: Api, town: Town, client: Client
) -> None:
    """One case by the applicant's code, and the message has joined it."""
    message_id, answer = await push(api, town, "CS-05", certificate(town))

    assert (answer.status, answer.json) == (202, {"message_id": str(message_id)})
    [case] = (await client.get("/v1/cases", procedure=Procedure.SPECIAL_MOVE_IN)).json["cases"]
    joined = (await client.get("/v1/inbox", case_number=case["case_number"])).json["messages"]
    assert [(one["message"], one["state"]) for one in joined] == [("CS-05", "attached")]
    assert await listed(client) == []


async def test_the_same_message_again_is_acknowledged_and_changes_nothing(
    api: Api, town: Town
) -> None:
    """At least once: ten of one instant, and one much later, are one message and one case."""
    message_id = uuid4()
    pushed = [push(api, town, "CS-05", certificate(town), message_id=message_id) for _ in range(10)]
    answers = [answer for _, answer in await asyncio.gather(*pushed)]
    answers.append((await push(api, town, "CS-05", certificate(town), message_id=message_id))[1])

    assert {(answer.status, answer.text) for answer in answers} == {
        (202, json.dumps({"message_id": str(message_id)}, separators=(",", ":")))
    }
    assert await count(town, "inbox_message") == 1
    assert await count(town, "case_file") == 1


async def test_different_messages_of_one_instant_meet_in_one_case(api: Api, town: Town) -> None:
    """Under the lock of the applicant's key, the second finds the case the first has made."""
    await asyncio.gather(*(push(api, town, "CS-05", certificate(town)) for _ in range(6)))

    assert await count(town, "inbox_message") == 6
    assert await count(town, "case_file") == 1


@pytest.mark.parametrize(
    "how", [{"secret": "別の合言葉"}, {"header": "131016"}], ids=["other secret", "other header"]
)
async def test_a_wrong_signature_stores_nothing(api: Api, town: Town, how: dict[str, Any]) -> None:
    """The signature covers the id, the receiver and every byte."""
    _, answer = await push(api, town, "CS-05", certificate(town), **how)

    assert (answer.status, answer.code) == (401, "NOT_GENUINE")
    assert await count(town, "inbox_message") == 0


async def test_a_system_that_shares_no_secret_has_no_inbox(api: Api, town: Town) -> None:
    _, answer = await push(api, town, "CS-05", certificate(town), system="stranger")

    assert (answer.status, answer.code) == (404, "NOT_FOUND")


async def test_a_message_for_another_town_is_refused(
    api: Api, town: Town, other_town: Town
) -> None:
    """What is another municipality's business is not even stored."""
    _, answer = await push(api, town, "CS-05", certificate(town), receiver=other_town.code)

    assert (answer.status, answer.code) == (422, "WRONG_RECEIVER")
    assert await count(town, "inbox_message") == 0


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"\xff\xfe", "MALFORMED"),
        (b"[]", "MALFORMED"),
        (b'{"a": 1, "a": 2}', "MALFORMED"),
        (b"{}", "MISSING_ITEM"),
    ],
)
async def test_what_nobody_can_read_is_kept_for_staff(
    api: Api, town: Town, client: Client, body: bytes, flaw: str
) -> None:
    """Acknowledged, because it will not read better the next time; listed with its code."""
    message_id, answer = await push(api, town, "CS-05", {}, body=body)

    assert answer.status == 202
    [message] = await listed(client)
    assert (message["message_id"], message["state"], message["flaw"]) == (
        str(message_id),
        "unclaimed",
        flaw,
    )
    shown = (await client.get(f"/v1/inbox/{message_id}")).json
    assert shown["contents"] is None


async def test_a_kind_we_do_not_know_or_a_foreign_id_is_kept_for_staff(
    api: Api, town: Town, client: Client
) -> None:
    await push(api, town, "CS-99", {})
    await push(api, town, "CS-05", certificate(town), named=uuid4())

    assert {one["flaw"] for one in await listed(client)} == {"UNKNOWN_KIND", "WRONG_ID"}
    assert await count(town, "case_file") == 0


async def test_a_plan_waits_for_its_person_and_the_inbox_shows_it(
    api: Api, town: Town, client: Client
) -> None:
    """本人特定中, with the case that asks; staff may read what the citizen typed, on record."""
    message_id, _ = await push(api, town, "OS-02", a_visit())

    [message] = await listed(client)
    assert (message["state"], message["message"]) == ("identifying", "OS-02")
    asking = (await client.get(f"/v1/cases/{message['case_number']}")).json
    assert asking["procedure"] == Procedure.CERTIFICATE_SERIAL
    shown = (await client.get(f"/v1/inbox/{message_id}")).json["contents"]
    assert shown["contents"]["persons"][0]["name"] == "山田　太郎"
    async with town.open() as tx:
        looked = await tx.fetchval("SELECT count(*) FROM audit WHERE act = 'view_message'")
    assert looked == 1


async def test_a_plan_taken_back_before_its_person_is_known_joins_nothing(
    api: Api, town: Town, client: Client
) -> None:
    """Staff do not match it any more, and it is not listed."""
    message_id, _ = await push(api, town, "OS-02", a_visit())
    taken_back = {"取消": True, "取消対象電文ID": str(message_id), "申請番号": str(uuid4())}
    await push(api, town, "OS-02", taken_back)

    assert await listed(client) == []
    answer = await client.post(f"/v1/inbox/{message_id}/decisions", match())
    assert (answer.status, answer.code) == (409, "MESSAGE_PLACED")


async def test_staff_match_a_plan_by_code_with_evidence(
    api: Api, town: Town, client: Client
) -> None:
    """It joins the case of that person, which the certificate has opened."""
    await push(api, town, "CS-05", certificate(town))
    message_id, _ = await push(api, town, "OS-02", a_visit())

    answer = await client.post(f"/v1/inbox/{message_id}/decisions", match())

    assert (answer.status, answer.json["state"]) == (202, "attached")
    joined = await client.get("/v1/inbox", case_number=answer.json["case_number"])
    assert {one["message"] for one in joined.json["messages"]} == {"CS-05", "OS-02"}


async def test_a_match_says_who_it_is_and_how_that_is_known(
    api: Api, town: Town, client: Client
) -> None:
    """A name is no evidence, and a code has a check digit."""
    message_id, _ = await push(api, town, "OS-02", a_visit())
    path = f"/v1/inbox/{message_id}/decisions"

    assert (await client.post(path, match() | {"evidence": ""})).code == "MISSING_EVIDENCE"
    assert (await client.post(path, match() | {"reason": ""})).code == "MISSING_REASON"
    wrong = await client.post(path, match() | {"code": "12345678901"})
    assert wrong.fields == {("code", "WRONG_CHECK_DIGIT")}
    missing = {"verb": "match", "reason": "確認", "evidence": "確認"}
    assert (await client.post(path, missing)).fields == {("code", "MISSING")}


async def test_what_staff_have_dealt_with_is_listed_no_more(
    api: Api, town: Town, client: Client
) -> None:
    message_id, _ = await push(api, town, "CS-99", {})
    path = f"/v1/inbox/{message_id}/decisions"

    answer = await client.post(path, {"verb": "settle", "reason": "転出地に電話した。"})

    assert (answer.status, answer.json["state"]) == (202, "settled")
    assert await listed(client) == []
    again = await client.post(path, {"verb": "settle", "reason": "転出地に電話した。"})
    assert again.code == "MESSAGE_PLACED"


async def test_no_individual_number_is_ever_shown(api: Api, town: Town, client: Client) -> None:
    """Not even to staff who read a certificate."""
    message_id, _ = await push(api, town, "CS-05", certificate(town))

    answer = await client.get(f"/v1/inbox/{message_id}")

    assert CODE in answer.text
    assert NUMBER not in answer.text


async def test_only_staff_read_the_inbox(api: Api, town: Town, other_town: Town) -> None:
    """Other systems report and follow cases; another town's messages do not exist."""
    message_id, _ = await push(api, town, "OS-02", a_visit())

    assert (await api.client(town, TokenRole.CLIENT).get("/v1/inbox")).code == "ROLE_NOT_ALLOWED"
    there = api.client(other_town)
    assert await listed(there) == []
    assert (await there.get(f"/v1/inbox/{message_id}")).code == "UNKNOWN_MESSAGE"


async def test_a_body_that_is_too_large_is_not_read(api: Api, town: Town) -> None:
    _, answer = await push(api, town, "CS-05", {}, body=b" " * 20_000)

    assert (answer.status, answer.code) == (413, "BODY_TOO_LARGE")


def match() -> dict[str, Any]:
    """Staff say that it is the person of the certificate."""
    return {
        "verb": "match",
        "code": CODE,
        "reason": "証明書が住基ネットで分からないため。",
        "evidence": "本人確認書類の写しと照合した。",
    }
