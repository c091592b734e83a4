"""Which environment each process of a local stack gets; the only place that knows all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.ports import LOCALHOST
from local.postgres import OUTSIDE, OWNER
from local.tokens import MUNICIPALITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from runtime.settings import TokenGrant

# A simulated peer has settled long before a real one would have.
_SETTLING = "1"
# A local office is small, and whoever tries it out does not want to wait for the watchdog.
_WATCHING = "5"


# The systems that push messages to us.
PUSHING = ("jlis", "mynaportal")


@dataclass(frozen=True)
class Wiring:
    """What is where in one stack; ``database_url`` answers for a role and a database."""

    database_url: Callable[[str, str], str]
    ports: Mapping[str, int]
    keyring: Path
    tokens: Mapping[str, TokenGrant]
    namespace: str
    inbox_secrets: Mapping[str, str]
    """What each pushing system signs its messages with."""
    announce_secret: str
    """What is announced to operations is signed with."""

    def environment(self, process: str) -> dict[str, str]:
        """The variables of one of ours, of ``simulators``, ``migrate`` or ``operator``."""
        return {
            "migrate": self._migrate,
            "simulators": self._simulators,
            "api": self._api,
            "relay": self._relay,
            "worker": self._worker,
            "operator": self._operator,
        }[process]()

    def url(self, process: str) -> str:
        """Where a process listens."""
        return f"http://{LOCALHOST}:{self.ports[process]}"

    def _migrate(self) -> dict[str, str]:
        return {"JUKI_MIGRATION_DATABASE_URL": self._register(OWNER)}

    def _simulators(self) -> dict[str, str]:
        return {
            "SIMULATORS_DATABASE_URL": self.database_url(OUTSIDE, OUTSIDE),
            "SIMULATORS_HOST": LOCALHOST,
            "SIMULATORS_PORT": str(self.ports["simulators"]),
            "SIMULATORS_INBOX_URL": self.url("api"),
            "SIMULATORS_STAFF_OF": json.dumps(MUNICIPALITIES),
            "SIMULATORS_OPERATIONS_SECRET": self.announce_secret,
            **{
                f"SIMULATORS_{system.upper()}_INBOX_SECRET": secret
                for system, secret in self.inbox_secrets.items()
            },
        }

    def _api(self) -> dict[str, str]:
        return {
            "JUKI_DATABASE_URL": self._register("juki_app"),
            "JUKI_KEYRING_PATH": str(self.keyring),
            "JUKI_API_PORT": str(self.ports["api"]),
            "JUKI_API_TOKENS": json.dumps(
                {token: grant.model_dump(mode="json") for token, grant in self.tokens.items()}
            ),
            "JUKI_API_INBOX_SECRETS": json.dumps(dict(self.inbox_secrets)),
            "JUKI_OIDC_ISSUER": f"{self.url('simulators')}/identity",
            "JUKI_CONSOLE_URL": self.url("api"),
            "JUKI_CONSOLE_TEMPORAL_UI": f"{self.url('temporal-ui')}/namespaces/{self.namespace}",
        }

    def _relay(self) -> dict[str, str]:
        return {
            **self._engine(),
            "JUKI_DATABASE_URL": self._register("juki_relay"),
            "JUKI_SEALER_DATABASE_URL": self._register("juki_sealer"),
            "JUKI_METRICS_PORT": str(self.ports["relay"]),
            "JUKI_WATCH_INTERVAL": _WATCHING,
            "JUKI_ANNOUNCE_WEBHOOK_URL": f"{self.url('simulators')}/operations",
            "JUKI_ANNOUNCE_WEBHOOK_SECRET": self.announce_secret,
        }

    def _worker(self) -> dict[str, str]:
        return {
            **self._engine(),
            **self._peers(),
            "JUKI_DATABASE_URL": self._register("juki_app"),
            "JUKI_KEYRING_PATH": str(self.keyring),
            "JUKI_METRICS_PORT": str(self.ports["worker"]),
        }

    def _operator(self) -> dict[str, str]:
        return {
            **self._engine(),
            **self._migrate(),
            "JUKI_DATABASE_URL": self._register("juki_app"),
            "JUKI_RELAY_DATABASE_URL": self._register("juki_relay"),
            "JUKI_KEYRING_PATH": str(self.keyring),
        }

    def _engine(self) -> dict[str, str]:
        return {
            "JUKI_TEMPORAL_ADDRESS": f"{LOCALHOST}:{self.ports['temporal']}",
            "JUKI_TEMPORAL_NAMESPACE": self.namespace,
        }

    def _peers(self) -> dict[str, str]:
        outside = self.url("simulators")
        return {
            "JUKI_JLIS_URL": f"{outside}/jlis",
            "JUKI_UNIFIED_ADDRESSEE_URL": f"{outside}/unified-addressee",
            "JUKI_INTERMEDIATE_SERVER_URL": f"{outside}/intermediate-server",
            "JUKI_JLIS_SETTLING": _SETTLING,
            "JUKI_UNIFIED_ADDRESSEE_SETTLING": _SETTLING,
            "JUKI_INTERMEDIATE_SERVER_SETTLING": _SETTLING,
            "JUKI_MYNAPORTAL_URL": f"{outside}/mynaportal",
            "JUKI_MYNAPORTAL_SETTLING": _SETTLING,
        }

    def _register(self, role: str) -> str:
        return self.database_url(role, "jukiflow")
