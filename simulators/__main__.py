"""`python -m simulators`: the outside world in one process."""

from __future__ import annotations

import uvicorn

from simulators.app import create_app
from simulators.settings import Settings


def main() -> None:
    """Serve until stopped; access is not logged, because paths carry message ids."""
    settings = Settings.model_validate({})
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
