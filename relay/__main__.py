"""``python -m relay``: carries what was accepted to the engine, watches it, and seals the logs."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
import uvloop

from clients.mail import Mail, MailServer
from clients.webhook import Webhook
from domain.announcements import Channel
from register import seals
from register.watching import Grace
from relay.announcing import Announcer
from relay.engine import Engine
from relay.rounds import Rounds
from relay.sight import Sight
from relay.watch import Watch
from runtime import database, logging, metrics, temporal
from runtime.exit import leave
from runtime.settings import RelaySettings

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pydantic import SecretStr
    from temporalio.client import Client

    from register.transactions import Pool
    from relay.announcing import Receiver

_log = structlog.stdlib.get_logger()


async def serve(settings: RelaySettings) -> None:
    """Go round until SIGTERM or SIGINT."""
    sealing = database.pool(
        settings.sealer_database_url.get_secret_value(), application="jukiflow-sealer", largest=2
    )
    async with (
        database.connected(settings, application="jukiflow-relay") as pool,
        sealing as sealer,
        aiohttp.ClientSession() as session,
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
        watch = _watch(pool, client, settings)
        announcer = Announcer(
            pool, _receivers(session, settings), digest_at=settings.announce_digest_at
        )
        watches = (rounds.watch_stock(), rounds.watch_calendar(), rounds.watch_gates())
        others = (watch.run(), announcer.run(), _seal(sealer, settings))
        await _until_told(rounds.run(), *watches, *others)


def _watch(pool: Pool, client: Client, settings: RelaySettings) -> Watch:
    grace = Grace(settings.watch_grace, settings.watch_wait_grace)
    sight = Sight(client, settings.temporal_task_queue)
    return Watch(pool, sight, grace, interval=settings.watch_interval.total_seconds())


def _receivers(session: aiohttp.ClientSession, settings: RelaySettings) -> dict[Channel, Receiver]:
    """Whom the settings name."""
    receivers: dict[Channel, Receiver] = {}
    if settings.announce_webhook_url:
        secret = _opened(settings.announce_webhook_secret)
        receivers[Channel.WEBHOOK] = Webhook(session, settings.announce_webhook_url, secret)
    if settings.announce_mail_server:
        server = MailServer(
            settings.announce_mail_server,
            settings.announce_mail_port,
            settings.announce_mail_security,
            settings.announce_mail_from,
            settings.announce_mail_to,
            settings.announce_mail_user,
            _opened(settings.announce_mail_password),
        )
        receivers[Channel.MAIL] = Mail(server)
    return receivers


def _opened(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


async def _seal(pool: Pool, settings: RelaySettings) -> None:
    while True:
        try:
            await seals.seal_once(pool)
        except Exception as failure:  # noqa: BLE001 - the rows wait; sealing is never in the way
            _log.warning("not_sealed", error=type(failure).__name__)
        await asyncio.sleep(settings.sealer_interval.total_seconds())


async def _until_told(*works: Coroutine[Any, Any, None]) -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    tasks = [asyncio.create_task(work) for work in works]
    for task in tasks:
        # A round that ends has failed in a way nobody foresaw: leave, and be started again.
        task.add_done_callback(lambda _: stop.set())
    await stop.wait()
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


if __name__ == "__main__":
    settings = RelaySettings.from_environment()
    logging.configure(settings.log_level, process="relay")
    uvloop.run(serve(settings))
    leave()
