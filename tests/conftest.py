"""Fixtures every test may ask for; the servers start only when a test (or xdist) needs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import uvloop

from tests.server import Place, Server

# One house for a whole run: two workers on one queue would each meet half of the faults.
from tests.workflows.fixtures import (
    all_trials,
    destination,
    far_house,
    frontier,
    here,
    house,
    movers,
    origin,
    quiet_house,
    saboteur,
    town,
    trials,
)

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Mapping

__all__ = [
    "all_trials",
    "destination",
    "far_house",
    "frontier",
    "here",
    "house",
    "movers",
    "origin",
    "quiet_house",
    "saboteur",
    "town",
    "trials",
]

_ALONE = "alone"
_SPARE_WORKERS = 4

_server = pytest.StashKey[Server]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a longer run ask for every kind of case, and one for the pictures of the documents."""
    parser.addoption(
        "--all-kinds",
        action="store_true",
        help="try every step of the variants of each procedure too",
    )
    parser.addoption(
        "--pictures", action="store_true", help="take the pictures of the documents anew"
    )


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], AbstractEventLoop]]:
    """Tests run on the loop that worker and relay run on."""
    del config, item
    return {"uvloop": uvloop.new_event_loop}


def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where its parts are."""
    node.workerinput["place"] = _started(node.config).place(node.workerinput["workerid"])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers of this run, if it started any."""
    if server := config.stash.get(_server, None):
        server.stop()


@pytest.fixture(scope="session")
def place(request: pytest.FixtureRequest) -> Place:
    """Where this worker's servers, database and namespace are."""
    workerinput = cast("dict[str, Any]", getattr(request.config, "workerinput", {}))
    return workerinput.get("place") or _started(request.config).place(_ALONE)


@pytest.fixture(scope="session")
def database_urls(place: Place) -> Mapping[str, str]:
    """Addresses of this worker's migrated register, by role (``juki_owner``, ``juki_app``, …)."""
    return place["database_urls"]


@pytest.fixture(scope="session")
def outside_url(place: Place) -> str:
    """The address of the simulators' database."""
    return place["outside_url"]


@pytest.fixture(scope="session")
def temporal_address(place: Place) -> str:
    """Host and port of the engine."""
    return place["temporal_address"]


@pytest.fixture(scope="session")
def temporal_namespace(place: Place) -> str:
    """This worker's own namespace."""
    return place["namespace"]


@pytest.fixture(scope="session")
def keyring_path(place: Place) -> Path:
    """A keyring made for this run."""
    return Path(place["keyring"])


def _started(config: pytest.Config) -> Server:
    if _server not in config.stash:
        workers = int(cast("int | None", config.getoption("numprocesses", None)) or 0)
        names = [_ALONE, *(f"gw{number}" for number in range(workers + _SPARE_WORKERS))]
        config.stash[_server] = server = Server(names if workers else [_ALONE])
        server.start()
    return config.stash[_server]
