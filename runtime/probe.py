"""``python -m runtime.probe URL``: exit 0 if it answers 200, for containers' health checks."""

from __future__ import annotations

import http.client
import sys
from urllib.parse import urlsplit

_SECONDS = 3.0
_OK = 200


def answers(url: str) -> bool:
    """Whether ``GET url`` is answered by 200 within three seconds."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port, timeout=_SECONDS
    )
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == _OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if answers(sys.argv[1]) else 1)
