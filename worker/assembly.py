"""The worker's composition root: what a worker is made of, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.arrivals import Arrivals
from activities.attention import Attention
from activities.bulk_repairs import BulkRepairs
from activities.cancellations import Cancellations
from activities.certificates import Certificates
from activities.changes import Changes
from activities.code_pool import CodePool
from activities.departures import Departures
from activities.desk import Desk
from activities.dispatch import Dispatch
from activities.examination import Examination
from activities.failures import Failures, Patience
from activities.juki_net import JukiNet
from activities.letters import PeerLine
from activities.linkage import Linkage
from activities.newcomers import Newcomers
from activities.office import Office
from activities.portal import Portal
from activities.reconciliations import Reconciliations
from activities.repairs import Repairs
from activities.residents import Residents
from activities.serials import Serials
from activities.unified_addressee import UnifiedAddressee
from activities.visits import Visits
from clients.intermediate_server import IntermediateServerClient
from clients.jlis import JlisClient
from clients.mynaportal import MynaportalClient
from clients.unified_addressee import UnifiedAddresseeClient
from clients.wire import Wire
from domain.telegrams import Peer
from workflows.patience import Hurry
from workflows.rehearsal import PROCEDURES, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp
    from temporalio.client import Client
    from temporalio.worker import Interceptor

    from register.transactions import Transactions
    from register.vault import Vault
    from runtime.settings import WorkerSettings


@dataclass(frozen=True)
class Surroundings:
    """What a worker is given from outside."""

    settings: WorkerSettings
    transactions: Transactions
    vault: Vault
    session: aiohttp.ClientSession


def steps(given: Surroundings) -> list[Any]:
    """Every activity of the house, its collaborators in place."""
    settings = given.settings
    addressee = UnifiedAddresseeClient(_wire(given, Peer.UNIFIED_ADDRESSEE))
    server = IntermediateServerClient(_wire(given, Peer.INTERMEDIATE_SERVER))
    desk = Desk(given.transactions)
    dispatch = dispatch_at(desk, given)
    attention = _attention(settings.patience_scale)
    usual = (
        JukiNet(dispatch, given.vault),
        UnifiedAddressee(desk, dispatch, given.vault, addressee, attention),
        Linkage(desk, dispatch, given.vault, server, attention),
        Serials(desk, dispatch, given.vault),
    )
    return _methods(
        Office(given.transactions),
        Residents(desk),
        *usual,
        Departures(desk),
        Examination(desk),
        Changes(desk),
        Cancellations(dispatch),
        Certificates(dispatch, given.vault),
        Portal(dispatch),
        Visits(desk, dispatch, given.vault),
        Arrivals(desk, dispatch, given.vault),
        Newcomers(desk, dispatch, given.vault),
        CodePool(dispatch),
        Reconciliations(desk, dispatch, given.vault, _steps_of),
        Repairs(desk, dispatch, given.vault, usual),
        BulkRepairs(desk, attention),
    )


def _steps_of(procedure: str) -> tuple[str, ...]:
    return tuple(line.step for line in lines_of(procedure))


def dispatch_at(desk: Desk, given: Surroundings) -> Dispatch:
    """Where telegrams leave, the doors of all peers in place."""
    settings = given.settings
    jlis = JlisClient(_wire(given, Peer.JLIS))
    addressee = UnifiedAddresseeClient(_wire(given, Peer.UNIFIED_ADDRESSEE))
    portal = MynaportalClient(_wire(given, Peer.MYNAPORTAL))
    peers = {
        Peer.JLIS: PeerLine(jlis, settings.jlis_settling),
        Peer.UNIFIED_ADDRESSEE: PeerLine(addressee, settings.unified_addressee_settling),
        Peer.MYNAPORTAL: PeerLine(portal, settings.mynaportal_settling),
    }
    # Half again the time-out, because sending begins within the first third of the lease.
    return Dispatch(desk, given.vault, peers, settings.http_timeout * 1.5)


def worker(
    client: Client,
    given: Surroundings,
    *,
    more_steps: Sequence[Any] = (),
    more_procedures: Sequence[type] = (),
    interceptors: Sequence[Interceptor] = (),
) -> Worker:
    """A worker ready to run.

    Procedures are not sandboxed: what they may not touch is checked by the import contracts and by
    the determinism test, and a sandbox costs more than a birth's own workflow tasks.
    """
    settings = given.settings
    return Worker(
        client,
        task_queue=settings.temporal_task_queue,
        workflows=[*PROCEDURES, *more_procedures],
        activities=[*steps(given), *more_steps],
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[
            Failures(given.transactions, patience(settings.patience_scale)),
            Hurry(settings.step_timeout),
            *interceptors,
        ],
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_workflow_tasks=settings.worker_workflows,
        graceful_shutdown_timeout=settings.worker_grace,
        sticky_queue_schedule_to_start_timeout=settings.worker_sticky_timeout,
    )


def patience(scale: float) -> Patience:
    """The office's patience, stretched or shrunk."""
    usual = Patience()
    return Patience(
        first=usual.first * scale,
        factor=usual.factor,
        most=usual.most * scale,
        defect=usual.defect * scale,
        scale=scale,
    )


def _wire(given: Surroundings, peer: Peer) -> Wire:
    settings = given.settings
    urls = {
        Peer.JLIS: settings.jlis_url,
        Peer.UNIFIED_ADDRESSEE: settings.unified_addressee_url,
        Peer.INTERMEDIATE_SERVER: settings.intermediate_server_url,
        Peer.MYNAPORTAL: settings.mynaportal_url,
    }
    return Wire(given.session, urls[peer], settings.http_timeout.total_seconds(), peer)


def _attention(scale: float) -> Attention:
    usual = Attention()
    return usual._replace(
        often=max(usual.often * scale, timedelta(milliseconds=20)),
        later=usual.later * scale,
        at_most=usual.at_most * scale,
    )


def _methods(*collaborators: Any) -> list[Any]:
    """The activities among the methods of these objects."""
    named = ((collaborator, name) for collaborator in collaborators for name in dir(collaborator))
    methods = [
        getattr(collaborator, name) for collaborator, name in named if not name.startswith("_")
    ]
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]
