"""The whole office on one machine: embedded PostgreSQL, Temporal's local server, every process."""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
DIRECTORY = HOME / ".local"
