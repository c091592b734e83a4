"""Signing in: by the identity provider alone, for as long as the session lasts, and no longer."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.console.conftest import Door


async def test_nobody_sees_anything_before_they_have_signed_in(door: Door) -> None:
    """Every page leads to the sign-in page, and from there back to where one wanted to go."""
    stranger = await door.visitor(signed_in=False)
    for path in ("", "incidents", "cases", "cases/131016-R8-000001"):
        page = await stranger.opens(path)
        assert urlsplit(page.url).path == "/console/sign-in"
        assert f'href="/console/go?then={path.strip("/")}"' in page.text


async def test_staff_sign_in_and_out(door: Door) -> None:
    """Afterwards the copied cookie is worth nothing.  Red: forget the cookie, keep the session."""
    visitor = await door.visitor()
    page = await visitor.opens("")
    assert f"{door.town.code} 責任者 北村" in page.text
    [cookie] = [one for one in visitor.session.cookie_jar if one.key == "juki"]

    await visitor.sends(page.form())

    visitor.session.cookie_jar.update_cookies({"juki": cookie.value})
    assert urlsplit((await visitor.opens("")).url).path == "/console/sign-in"


async def test_a_session_is_kept_from_scripts_and_other_sites(door: Door) -> None:
    """HttpOnly and SameSite; the answer may not be kept, framed, or run what is not ours."""
    visitor = await door.visitor(signed_in=False)
    choice = await visitor.opens("go")
    page = await visitor.session.post(
        choice.url, data={"subject": visitor.subject}, allow_redirects=False
    )
    back = await visitor.session.get(page.headers["Location"], allow_redirects=False)
    cookies = SimpleCookie("; ".join(back.headers.getall("Set-Cookie")))
    assert cookies["juki"]["httponly"]
    assert cookies["juki"]["samesite"] == "lax"
    rules = (await visitor.opens("")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in rules
    assert "frame-ancestors 'none'" in rules
    assert "unsafe" not in rules


async def test_a_browser_that_was_not_sent_from_here_gets_no_session(door: Door) -> None:
    """A code of somebody else's, or one that is used up, signs nobody in."""
    first, other = [await door.visitor(signed_in=False) for _ in range(2)]
    choice = await first.opens("go")
    sent = await first.session.post(
        choice.url, data={"subject": first.subject}, allow_redirects=False
    )
    back = sent.headers["Location"]

    assert (await other.asks("GET", back)).status == 401
    assert (await first.asks("GET", back)).status == 200
    assert (await first.asks("GET", back)).status == 401


async def test_the_way_in_asks_for_a_proof_of_key(door: Door) -> None:
    """PKCE by S256, a state and a nonce, each different every time."""
    visitor = await door.visitor(signed_in=False)
    asked = [parse_qs(urlsplit((await visitor.opens("go")).url).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == ["S256"]


async def test_nobody_is_led_to_another_site(door: Door) -> None:
    """Where one wanted to go is a path below the console, or nothing."""
    visitor = await door.visitor(signed_in=False)
    for then in ("//evil.example", "https://evil.example", "../v1/cases", "a?b=c"):
        page = await visitor.opens("sign-in", then=then)
        assert 'href="/console/go?then="' in page.text


async def test_a_form_of_another_session_changes_nothing(door: Door) -> None:
    """Red: do not look at the token of the form."""
    visitor, other = await door.visitor(), await door.visitor()
    form = (await other.opens("")).form()
    assert (await visitor.sends(form)).status == 403
    assert (await visitor.opens("")).status == 200
