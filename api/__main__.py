"""``python -m api``: serve until told to stop."""

from __future__ import annotations

import uvicorn

from api.app import application
from runtime.logging import configure
from runtime.settings import ApiSettings

_SECONDS_TO_FINISH = 5
# Longer than callers keep an idle connection, so that it is they who close it, never mid-request.
_SECONDS_IDLE = 75


def main() -> None:
    """Serve; streams still open are cut off a few seconds after the signal to stop."""
    settings = ApiSettings.from_environment()
    configure(settings.log_level, process="api")
    uvicorn.run(
        application(settings),
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_SECONDS_IDLE,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


if __name__ == "__main__":
    main()
