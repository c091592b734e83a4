"""引継ぎメモ: staff tell one another what the next one must know, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.settings import TokenRole

if TYPE_CHECKING:
    from tests.api.counter import Api
    from tests.api.desk import Desk


async def test_notes_are_read_newest_first_with_their_author(api: Api, desk: Desk) -> None:
    """Written once per key, whoever asks how often."""
    number = await desk.report()
    clerk = api.client(desk.town, TokenRole.COUNTER)
    path = f"/v1/cases/{number}/notes"
    for _ in range(2):
        answer = await clerk.post(path, {"words": "電話した。\n不在。"}, key="one-and-the-same")
        assert answer.status == 201, answer.text
    await desk.client.post(path, {"words": "金曜に来庁。"})
    notes = (await desk.client.get(path)).json
    assert [(note["author"], note["words"]) for note in notes] == [
        ("chief-01", "金曜に来庁。"),
        ("counter-01", "電話した。\n不在。"),
    ]


async def test_a_note_has_words_and_not_too_many(desk: Desk) -> None:
    """Nothing, or more than a thousand characters, is no note."""
    path = f"/v1/cases/{await desk.report()}/notes"
    assert (await desk.client.post(path, {"words": " \n"})).fields == {("words", "MISSING")}
    assert (await desk.client.post(path, {"words": "長" * 1001})).fields == {("words", "TOO_LONG")}
    assert (await desk.client.post(path, {"words": "長" * 1000})).status == 201


async def test_a_note_shows_in_no_view_that_others_read(api: Api, desk: Desk) -> None:
    """Neither in the case, its events, nor in lists; other systems may not ask for it."""
    number = await desk.report()
    await desk.client.post(f"/v1/cases/{number}/notes", {"words": "合言葉"})
    other = api.client(desk.town, TokenRole.CLIENT)
    for path in (f"/v1/cases/{number}", "/v1/cases", "/v1/events"):
        assert "合言葉" not in (await other.get(path)).text
    assert (await other.get(f"/v1/cases/{number}/notes")).code == "ROLE_NOT_ALLOWED"
