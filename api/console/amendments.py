"""届出を訂正する: what may be amended, as it stands; the change before it is sent; the decision.

At an incident it answers the incident; a 転出 is amended while it waits.  The API's own decision is
taken, and the look beforehand is the same act, taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api import bodies
from api.bodies import canonical
from api.console.amendable import WORDS, at_incident, of_move_out
from api.console.case_page import Number
from api.console.filled import Filled, Section
from api.console.form_fields import Pen
from api.console.form_reading import Reading, read, write
from api.console.pages import page
from api.console.seats import AnySeat, OwnForm, Seat, Sent
from api.console.trying import Taken, send, tried
from api.console.typed import Typed
from api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import FormData

    from api.console.amendable import Amendable
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/cases/{number}")


@router.get("/amendments/{incident_id}")
async def fresh(seat: AnySeat, number: Number, incident_id: UUID) -> Response:
    """What may be amended at an incident, as it stands; the case, where that is over."""
    asked = await at_incident(seat, number, incident_id)
    if asked.incident.state != "open":
        return RedirectResponse(f"/console/cases/{number}", status_code=303)
    return _blank(seat, number, asked)


@router.post("/amendments/{incident_id}", dependencies=[OwnForm])
async def sent(seat: AnySeat, number: Number, incident_id: UUID, form: Sent) -> Response:
    """The change, to look at; then the decision."""
    return await _sent(seat, number, await at_incident(seat, number, incident_id), form)


@router.get("/amendment")
async def fresh_move_out(seat: AnySeat, number: Number) -> HTMLResponse:
    """The day and the destination of a 転出 that waits."""
    return _blank(seat, number, await of_move_out(seat, number))


@router.post("/amendment", dependencies=[OwnForm])
async def sent_move_out(seat: AnySeat, number: Number, form: Sent) -> Response:
    """The change of a 転出, to look at; then the amendment."""
    return await _sent(seat, number, await of_move_out(seat, number), form)


SEEN = "seen"
"""Which items were shown as changing: they are sent, so that a second sending says the same."""


class Changed(NamedTuple):
    """One line of the change."""

    name: str
    label: str
    before: str
    after: str


class _Attempt(NamedTuple):
    """One sending of an amendment."""

    seat: Seat
    number: str
    asked: Amendable
    typed: Typed
    key: str

    @property
    def path(self) -> str:
        """Where its form is."""
        return f"/console/cases/{self.number}/{self.asked.place}"

    def sections(self, typed: Typed) -> list[Section]:
        """What may be amended, and why it is."""
        pen = Pen.for_(self.asked.form, WORDS, typed)
        items = self.asked.items(pen)
        return [
            Section("訂正する項目", items, "空欄の項目は変わりません。", patches=True),
            Section("理由", pen.fields(("reason",))),
        ]

    def standing(self) -> Typed:
        """The 届出 as it stands, as somebody would have typed it."""
        typed = Typed()
        write(self.sections(typed)[0].fields, self.asked.standing, typed)
        return typed

    def reading(self, typed: Typed) -> Reading:
        """The items as the API takes them."""
        return read(self.sections(typed)[0].fields, typed, {})

    @property
    def changed(self) -> dict[str, Any]:
        """The items that would read otherwise."""
        before, after = self.reading(self.standing()).body, self.reading(self.typed).body
        nothing: Mapping[str, Any] = {name: "" for name in after if name not in before}
        return {name: said for name, said in after.items() if said != (nothing | before)[name]}

    @property
    def seen(self) -> dict[str, Any]:
        """The items whose change somebody has looked at, though they may stand so by now."""
        after, names = self.reading(self.typed).body, self.typed.every(SEEN)
        return {name: after[name] for name in names if name in after}

    def taken(self, changed: dict[str, Any]) -> Taken:
        """What the API would be asked, judged by its own form; raises `Problem`."""
        body = self.asked.body(changed, self.typed.text("reason"))
        form = bodies.form(self.asked.form)(bodies.parsed(canonical(body)))

        async def take(tx: Tx) -> Answer:
            return await self.asked.take(tx, self.seat.counter, form)

        return Taken(body, take)

    async def checked(self) -> Response:
        """The change, once the API would take it."""
        await tried(self.seat.counter, self.taken(self.changed))
        return self.shown("amendment_check", changes=self.changes)

    async def sent(self) -> Response:
        """The decision, however often it is sent."""
        route = f"POST console/cases/{self.number}/{self.asked.place}"
        await send(self.seat.counter, self.key, route, self.taken(self.seen))
        return RedirectResponse(f"/console/cases/{self.number}#decisions", status_code=303)

    @property
    def changes(self) -> list[Changed]:
        """Each item that changes, before and after."""
        standing = self.standing()
        before, after = self._filled(standing), self._filled(self.typed)
        items = self.sections(self.typed)[0].fields
        changed = [one for one in items if one.name in self.changed]
        return [
            Changed(one.name, one.label, before.whole(one), after.whole(one)) for one in changed
        ]

    def shown(self, template: str, problem: Problem | None = None, **more: Any) -> HTMLResponse:
        """A page of it."""
        return page(
            template,
            self.seat,
            status=problem.kind.status if problem else 200,
            number=self.number,
            advice=self.asked.advice,
            path=self.path,
            key=self.key,
            form=self._filled(self.typed, problem),
            **more,
        )

    def _filled(self, typed: Typed, problem: Problem | None = None) -> Filled:
        return Filled(self.sections(typed), typed, {}, self.reading(typed), problem)


def _blank(seat: Seat, number: str, asked: Amendable) -> HTMLResponse:
    fresh = _Attempt(seat, number, asked, Typed(), str(uuid4()))
    return fresh._replace(typed=fresh.standing()).shown("amendment")


async def _sent(seat: Seat, number: str, asked: Amendable, form: FormData) -> Response:
    do, key = str(form.get("do", "check")), str(form.get("key", ""))
    attempt = _Attempt(seat, number, asked, Typed.of(form), key)
    if do == "back":
        return attempt.shown("amendment")
    try:
        return await attempt.sent() if do == "send" else await attempt.checked()
    except Problem as problem:
        return attempt.shown("amendment", problem)
