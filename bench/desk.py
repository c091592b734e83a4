"""``python -m bench.desk``: the desk with ten thousand open incidents against the desk with sixty.

What the server needs for a page, and what a real browser needs until something is to be seen.  The
ratio is the figure to watch: a page must not grow with what it does not show.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
from playwright.async_api import async_playwright

from bench.town import ACTING, TOWN
from local.chromium import FLAGS, chromium
from local.stack import LocalStack
from register.transactions import Transactions
from runtime import database
from runtime.exit import leave

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from typing import TypeAlias

    from playwright.async_api import Page

    Times: TypeAlias = Mapping[str, float]

_FEW, _MANY = 60, 10_000
_LOOKS = 15
_PAGES = {
    "机": "",
    "対応待ち": "incidents",
    "対応待ち、次の頁": "incidents?cursor=",
    "案件": "cases",
}
"""What is looked at; the second page of a list is followed as a person follows it."""

# Cases as they stand in the register, each with one incident: five codes at five steps, and every
# deadline of a month.  Nothing carries them on, so no engine is needed.
_INCIDENTS = """
WITH made AS (
    SELECT n, gen_random_uuid() AS case_id FROM generate_series($2::int + 1, $3::int) AS n
), filed AS (
    INSERT INTO case_file
        (municipality, case_id, case_number, procedure, client, due_on, accepted_at)
    SELECT $1, case_id, format('%s-R8-%s', $1::text, lpad((900000 + n)::text, 6, '0')), '出生付番',
        'bench', current_date + n % 30, clock_timestamp() - n * interval '1 minute' FROM made
    RETURNING case_id
)
INSERT INTO incident (municipality, incident_id, case_id, step, subject, sequence, kind, code, peer,
    verbs, opened_at)
SELECT $1, gen_random_uuid(), case_id, '手順' || n % 5, 1, 1, 'refused', 'CODE_' || n % 5,
    CASE n % 5 WHEN 0 THEN NULL ELSE 'jlis' END, '{retry}',
    clock_timestamp() - n * interval '1 minute'
FROM made JOIN filed USING (case_id)
"""


class Looked(NamedTuple):
    """What one page took, in milliseconds: the server's answer, and the first paint of it."""

    answer: float
    paint: float


async def measure(directory: Path, many: int, looks: int) -> dict[str, tuple[Looked, Looked]]:
    """Every page with few and with many incidents."""
    async with _desk(directory) as (stack, transactions):
        await _settle(transactions, 0, _FEW)
        few = await _look(stack, looks)
        await _settle(transactions, _FEW, many)
        await _analyse(stack)
        return {name: (few[name], seen) for name, seen in (await _look(stack, looks)).items()}


@asynccontextmanager
async def _desk(directory: Path) -> AsyncGenerator[tuple[LocalStack, Transactions]]:
    """An office of which nothing runs but what the desk needs, in a town of nobody."""
    wanted = ("postgres", "simulators", "api")
    async with LocalStack(directory, processes=wanted, usual_ports=False, say=_say) as stack:
        await stack.command("municipality", "add", TOWN, "--name", "計測市", "--opening", "always")
        url = stack.database_url("juki_app")
        async with database.pool(url, application="bench", largest=1) as pool:
            yield stack, Transactions(pool)


async def _settle(transactions: Transactions, there: int, wanted: int) -> None:
    async with transactions.open(ACTING) as tx:
        await tx.execute(_INCIDENTS, TOWN, there, wanted)


async def _analyse(stack: LocalStack) -> None:
    """As a register in use, which has statistics."""
    async with database.pool(stack.database_url("juki_owner"), application="bench", largest=1) as p:
        await p.execute("ANALYZE")


async def _look(stack: LocalStack, looks: int) -> dict[str, Looked]:
    async with _signed_in(stack) as page:
        pages = dict(_PAGES)
        await page.goto(f"{stack.url('api')}/console/incidents")
        following = page.get_by_role("link", name="次の頁")
        pages["対応待ち、次の頁"] = str(await following.get_attribute("href") or "incidents")
        answers = await _answers(stack, page, pages, looks)
        return {
            name: Looked(took, await _paint(stack, page, pages[name]))
            for name, took in answers.items()
        }


async def _answers(
    stack: LocalStack, page: Page, pages: Mapping[str, str], looks: int
) -> dict[str, float]:
    """The median of so many answers of each page, asked for by a program with the same cookie."""
    jar = {
        one["name"]: one["value"]
        for one in await page.context.cookies()
        if "name" in one and "value" in one
    }
    async with aiohttp.ClientSession(cookies=jar) as session:
        took: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(looks):
            for name, path in pages.items():
                began = perf_counter()
                async with session.get(_url(stack, path)) as answer:
                    answer.raise_for_status()
                    await answer.read()
                took[name].append((perf_counter() - began) * 1000)
    return {name: median(times) for name, times in took.items()}


async def _paint(stack: LocalStack, page: Page, path: str) -> float:
    """Milliseconds from the click to the first contents, in a real browser; the median of five."""
    seen: list[float] = []
    for _ in range(5):
        await page.goto(_url(stack, path))
        seen.append(float(await page.evaluate(_FIRST_PAINT)))
    return median(seen)


_FIRST_PAINT = """() => new Promise(told => {
    const look = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint')
        paint ? told(paint.startTime) : requestAnimationFrame(look)
    }
    look()
})"""


@asynccontextmanager
async def _signed_in(stack: LocalStack) -> AsyncGenerator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = await browser.new_page(locale="ja-JP")
        await page.goto(_url(stack, ""))
        await page.get_by_role("link", name="職員として入る").click()
        await page.locator(f'button[value="{TOWN}-chief-1"]').click()
        await page.wait_for_url(_url(stack, ""))
        yield page
        await browser.close()


def _url(stack: LocalStack, path: str) -> str:
    inside = path.removeprefix("/console/")
    return f"{stack.url('api')}/console/{inside}"


def table(measured: Mapping[str, tuple[Looked, Looked]], many: int) -> str:
    """The closing table."""
    lines = [f"{'':<14}{'':>4}{_FEW:>10} incidents{many:>10,} incidents     ratio"]
    for name, (few, more) in measured.items():
        for what, one, other in (
            ("answer", few.answer, more.answer),
            ("paint", few.paint, more.paint),
        ):
            lines.append(
                f"{name:　<9}{what:>8}{one:>12.1f} ms{other:>17.1f} ms{other / one:>10.2f}"
            )
    return "\n".join(["", *lines])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    add = parser.add_argument
    add("--incidents", type=int, default=_MANY, help=f"how many (default {_MANY})")
    add("--looks", type=int, default=_LOOKS, help=f"at each page (default {_LOOKS})")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="jukiflow-bench-") as fresh:
        measured = asyncio.run(measure(Path(fresh), options.incidents, options.looks))
    print(table(measured, options.incidents))
    return 0


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
