"""``python -m relay``: carries what was accepted to the engine, and seals the logs."""

from __future__ import annotations

import asyncio
import signal

import structlog

from register import seals
from register.transactions import Pool
from relay.engine import Engine
from relay.rounds import Rounds
from runtime import database, logging, metrics, temporal
from runtime.exit import leave
from runtime.settings import RelaySettings

_log = structlog.stdlib.get_logger()


async def serve(settings: RelaySettings) -> None:
    """Go round until SIGTERM or SIGINT."""
    sealing = database.pool(
        settings.sealer_database_url.get_secret_value(), application="jukiflow-sealer", largest=2
    )
    async with (
        database.connected(settings, application="jukiflow-relay") as pool,
        sealing as sealer,
    ):
        client = await temporal.connect(settings, identity="jukiflow-relay")
        rounds = Rounds(
            pool,
            Engine(client, settings.temporal_task_queue),
            interval=settings.relay_interval.total_seconds(),
            repeat=settings.relay_repeat.total_seconds(),
        )
        metrics.serve(settings.metrics_port, metrics.registry(), host=settings.metrics_host)
        _log.info("relay_ready")
        await _until_told(rounds.run(), rounds.watch_stock(), _seal(sealer, settings))


async def _seal(pool: Pool, settings: RelaySettings) -> None:
    while True:
        try:
            await seals.seal_once(pool)
        except Exception as failure:  # noqa: BLE001 - the rows wait; sealing is never in the way
            _log.warning("not_sealed", error=type(failure).__name__)
        await asyncio.sleep(settings.sealer_interval.total_seconds())


async def _until_told(*works: object) -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    tasks = [asyncio.ensure_future(work) for work in works]  # type: ignore[arg-type]
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    settings = RelaySettings()  # pyright: ignore[reportCallIssue]
    logging.configure(settings.log_level, process="relay")
    asyncio.run(serve(settings))
    leave()
