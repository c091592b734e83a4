"""``python -m worker``: takes work from the engine until told to stop."""

from __future__ import annotations

import asyncio
import signal

import aiohttp
import structlog
import uvloop

from register.transactions import Transactions
from register.vault import Vault
from runtime import database, keyring, logging, metrics, temporal
from runtime.exit import leave
from runtime.settings import WorkerSettings
from worker.assembly import Surroundings, worker


async def serve(settings: WorkerSettings) -> None:
    """Run one worker until SIGTERM or SIGINT; steps under way are finished first."""
    keys = keyring.load(settings.keyring_path)
    connector = aiohttp.TCPConnector(limit=settings.http_connections)
    async with (
        database.connected(settings, application="jukiflow-worker") as pool,
        aiohttp.ClientSession(connector=connector) as session,
    ):
        vault = Vault(keys, reread=lambda: keyring.load(settings.keyring_path))
        given = Surroundings(settings, Transactions(pool), vault, session)
        client = await temporal.connect(settings, identity="jukiflow-worker", lazy=False)
        async with worker(client, given):
            metrics.serve(settings.metrics_port, metrics.registry(), host=settings.metrics_host)
            structlog.stdlib.get_logger().info("worker_ready", queue=settings.temporal_task_queue)
            await _told_to_stop()


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    await stop.wait()


if __name__ == "__main__":
    settings = WorkerSettings.from_environment()
    logging.configure(settings.log_level, process="worker")
    uvloop.run(serve(settings))
    leave()
