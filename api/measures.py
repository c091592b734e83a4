"""The gauges of the office, read from the register whenever somebody looks."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram, generate_latest

from domain.acting import Acting
from domain.errors import Unavailable
from domain.gates import GateState
from domain.stuck import Stuck
from register import gauges
from runtime.metrics import registry

if TYPE_CHECKING:
    from register.gauges import Gauges
    from register.transactions import Transactions

_PURPOSE = "metrics"


class Measures:
    """What ``/metrics`` shows; every series is of one municipality."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._registry = registry()
        self._gauges: list[Gauge] = []
        self._cases = self._gauge("juki_open_cases", "Open cases", "procedure", "direction")
        self._incidents = self._gauge("juki_open_incidents", "Standing incidents", "kind")
        self._peers = self._gauge("juki_peer_silent_seconds", "Since a peer stopped", "peer")
        self._stuck = self._gauge("juki_stuck_cases", "Open, and standing still", "kind")
        self._watch = self._gauge("juki_watch_age_seconds", "Since the watchdog last looked")
        self._gates = self._gauge("juki_peer_gate", "1 for how a gate stands", "peer", "state")
        self._at_gates = self._gauge("juki_peer_waiting_cases", "Cases at a gate", "peer")
        self._stock = self._gauge("juki_code_stock", "Unused codes")
        self._low = self._gauge("juki_code_low_water", "Mark below which codes are ordered")
        self._unstarted = self._gauge("juki_unstarted_cases", "Accepted, not yet started")
        self._unstarted_age = self._gauge("juki_unstarted_oldest_seconds", "The oldest of them")
        self._untaken = self._gauge("juki_untaken_wakeups", "Wake-ups no case has taken yet")
        self._untaken_age = self._gauge("juki_untaken_oldest_seconds", "The oldest of them")
        self._unsent = self._gauge("juki_unsent_announcements", "Not taken by their receiver yet")
        self._unsent_age = self._gauge("juki_unsent_oldest_seconds", "The oldest of them")
        self._answers = Counter(
            "juki_http_answers", "Answers", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "juki_http_seconds", "Until the answer began", ["route"], registry=self._registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer under its route's template, never under the path asked for."""
        self._answers.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    async def ready(self) -> bool:
        """Whether the register answers."""
        try:
            await self._served()
        except Unavailable:
            return False
        return True

    async def shown(self) -> bytes:
        """Everything in Prometheus' text format, counted now."""
        for gauge in self._gauges:
            gauge.clear()
        for municipality in await self._served():
            acting = Acting(municipality=municipality, actor="api", purpose=_PURPOSE)
            async with self._transactions.open(acting) as tx:
                self._set(municipality, await gauges.read(tx))
        return generate_latest(self._registry)

    async def _served(self) -> list[str]:
        nobody = Acting(municipality="", actor="api", purpose=_PURPOSE)
        async with self._transactions.open(nobody) as tx:
            return await gauges.served(tx)

    def _set(self, town: str, counted: Gauges) -> None:
        for row in counted.open_cases:
            self._cases.labels(town, row["procedure"], row["direction"]).set(row["number"])
        for row in counted.open_incidents:
            self._incidents.labels(town, row["kind"]).set(row["number"])
        for row in counted.peer_notes:
            self._peers.labels(town, row["peer"]).set(row["number"])
        for kind in Stuck:
            self._stuck.labels(town, kind).set(counted.stuck.get(kind, 0))
        self._watch.labels(town).set(inf if counted.watch_age is None else counted.watch_age)
        for gate in counted.gates:
            for state in GateState:
                self._gates.labels(town, gate.peer, state).set(gate.state is state)
            self._at_gates.labels(town, gate.peer).set(gate.waiting)
        self._stock.labels(town).set(counted.stock)
        self._low.labels(town).set(counted.low_water)
        self._unstarted.labels(town).set(counted.unstarted)
        self._unstarted_age.labels(town).set(counted.oldest_unstarted)
        self._untaken.labels(town).set(counted.untaken)
        self._untaken_age.labels(town).set(counted.oldest_untaken)
        self._unsent.labels(town).set(counted.unsent)
        self._unsent_age.labels(town).set(counted.oldest_unsent)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        gauge = Gauge(name, says, ["municipality", *labels], registry=self._registry)
        self._gauges.append(gauge)
        return gauge
