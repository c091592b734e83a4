"""The way round the console: every page that stands in the navigation, in groups.

A new page is one line in `NAVIGATION`; its template says the same ``place``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.rights import Act

if TYPE_CHECKING:
    from collections.abc import Callable


class Link(NamedTuple):
    """One page: what its template calls its place, its path below ``/console/``, and its name."""

    place: str
    path: str
    title: str
    act: Act = Act.SEE_CASES
    """Whoever may not do this is not shown the page."""


class Group(NamedTuple):
    """Pages that belong together."""

    title: str
    links: tuple[Link, ...]


NAVIGATION = (
    Group(
        "仕事",
        (
            Link("desk", "", "机"),
            Link("reports", "reports", "届出", Act.REPORT),
            Link("incidents", "incidents", "対応待ち"),
            Link("bulk", "bulk", "一括処理", Act.SEE_BULK),
            Link("cases", "cases", "案件"),
            Link("decisions", "decisions", "判断の記録"),
        ),
    ),
    Group("住民", (Link("people", "people", "住民", Act.SEE_PEOPLE),)),
    Group(
        "照合",
        (
            Link("reconciliations", "reconciliations", "突合", Act.SEE_PEOPLE),
            Link("completeness", "completeness", "一日の確認"),
        ),
    ),
    Group(
        "運用",
        (
            Link("overview", "overview", "様子"),
            Link("peers", "peers", "相手"),
            Link("schedules", "schedules", "予定"),
            Link("code-pool", "code-pool", "在庫", Act.SEE_STOCK),
        ),
    ),
)


def shown(may: Callable[[str], bool]) -> list[Group]:
    """The groups with the links somebody may follow; one without any is left out."""
    groups = (
        Group(group.title, tuple(link for link in group.links if may(link.act.name)))
        for group in NAVIGATION
    )
    return [group for group in groups if group.links]
