"""What operations count: one Prometheus registry per process, and the port that shows it."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)


def registry() -> CollectorRegistry:
    """A fresh registry that already knows this process."""
    fresh = CollectorRegistry(auto_describe=True)
    ProcessCollector(registry=fresh)
    PlatformCollector(registry=fresh)
    GCCollector(registry=fresh)
    return fresh


def serve(port: int, shown: CollectorRegistry, *, host: str = "127.0.0.1") -> None:
    """Show ``shown`` at ``/metrics`` from a thread of its own; port 0 shows nothing.

    A port that answers is also the sign that the process stands (the health check of worker and
    relay), so it is opened last.
    """
    if port:
        start_http_server(port, addr=host, registry=shown)
