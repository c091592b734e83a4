"""Every setting of every process, read once from the environment (``JUKI_…``).

One class per process role, built by that process's entrance and handed down.  A secret prints as
stars, and no error shows the value it stumbled on.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.cases import Procedure
from domain.numbers import MunicipalityCode

Port = Annotated[int, Field(ge=0, le=65535)]


def _seconds(value: object) -> object:
    """A plain number counts seconds; ISO 8601 (``PT5M``) is understood as well."""
    is_plain = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    return float(value) if is_plain and isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_seconds)]


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="JUKI_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    log_level: str = "INFO"

    @classmethod
    def from_environment(cls) -> Self:
        """Read them; raises ``pydantic.ValidationError`` naming what is missing or wrong."""
        return cls.model_validate({})


class RegisterSettings(_Settings):
    """How to reach the register; the URL's user decides what the process may see."""

    database_url: SecretStr
    database_pool_min: int = 1
    database_pool_max: int = 10
    database_timeout: Duration = timedelta(seconds=30)


class EngineSettings(_Settings):
    """How to reach Temporal; an API key implies TLS."""

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_task_queue: str = "procedures"
    temporal_tls: bool = False
    temporal_api_key: SecretStr | None = None


class VaultSettings(_Settings):
    """Where the keyring lies: a file outside the database, readable by its owner alone."""

    keyring_path: Path


class PeerSettings(_Settings):
    """The systems we do not own.

    ``…_settling`` is how long after the last byte could have left a peer's "not known" does not
    count yet (未達の判定).
    """

    jlis_url: str
    jlis_settling: Duration = timedelta(seconds=60)
    unified_addressee_url: str
    unified_addressee_settling: Duration = timedelta(seconds=60)
    intermediate_server_url: str
    intermediate_server_settling: Duration = timedelta(seconds=60)
    mynaportal_url: str
    mynaportal_settling: Duration = timedelta(seconds=60)
    http_timeout: Duration = timedelta(seconds=10)
    http_connections: int = 100


class TokenRole(StrEnum):
    """Whom a bearer token stands for."""

    CLIENT = "client"
    COUNTER = "counter"
    EXAMINER = "examiner"
    CHIEF = "chief"
    OPERATIONS = "operations"

    @property
    def label(self) -> str:
        """The name the office uses."""
        return _LABELS[self]


_LABELS = {
    TokenRole.CLIENT: "他業務システム",
    TokenRole.COUNTER: "窓口",
    TokenRole.EXAMINER: "審査",
    TokenRole.CHIEF: "責任者",
    TokenRole.OPERATIONS: "運用",
}


class TokenGrant(BaseModel):
    """What one bearer token may do: as whom (``client``), in which role, in which municipality.

    With ``procedures`` (手続の名) only what the role may do with cases of these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    client: str
    role: TokenRole
    municipality: MunicipalityCode
    procedures: frozenset[Procedure] | None = None


class ApiSettings(RegisterSettings, VaultSettings):
    """The API: register and vault, no engine – what it accepts, the relay carries on.

    ``api_inbox_secrets`` has, for each system that pushes messages to us, the secret it signs with.
    With an ``oidc_issuer`` its tokens are known, too; its keys are read again for a token that
    names another one, but not before ``oidc_keys_again``.  With ``console_url``, the address staff
    type in their browsers, there is a console.  A session there ends after ``console_session``, or
    when it was left alone for ``console_idle``.
    """

    api_host: str = "127.0.0.1"
    api_port: Port = 8000
    api_tokens: dict[str, TokenGrant] = Field(default_factory=dict, repr=False)
    api_inbox_secrets: dict[str, SecretStr] = Field(default_factory=dict, repr=False)
    oidc_issuer: str = ""
    oidc_audience: str = "jukiflow"
    oidc_algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "EdDSA")
    oidc_keys_again: Duration = timedelta(seconds=5)
    oidc_role_claim: str = "role"
    oidc_municipality_claim: str = "municipality"
    oidc_procedures_claim: str = "juki_procedures"
    console_url: str = ""
    console_client_id: str = "jukiflow-console"
    console_client_secret: SecretStr | None = None
    console_session: Duration = timedelta(hours=9)
    console_idle: Duration = timedelta(minutes=30)
    console_temporal_ui: str = ""
    api_max_body: int = 256 * 1024


class RelaySettings(RegisterSettings, EngineSettings):
    """The relay and the sealer: roles that see ids, states and due times only.

    The watchdog looks every ``watch_interval`` for cases that have not moved, or not taken a
    wake-up, for ``watch_grace``, or whose wait has been over for ``watch_wait_grace``.  New kinds
    of incident, and a digest a day (``announce_digest_at``, Japan's time), go to a webhook or by
    mail where one is named.
    """

    sealer_database_url: SecretStr
    relay_interval: Duration = timedelta(milliseconds=100)
    relay_repeat: Duration = timedelta(seconds=5)
    sealer_interval: Duration = timedelta(seconds=2)
    watch_interval: Duration = timedelta(minutes=1)
    watch_grace: Duration = timedelta(minutes=5)
    watch_wait_grace: Duration = timedelta(minutes=15)
    announce_webhook_url: str = ""
    announce_webhook_secret: SecretStr | None = None
    announce_mail_server: str = ""
    announce_mail_port: Port = 587
    announce_mail_security: Literal["starttls", "tls", "none"] = "starttls"
    announce_mail_user: str = ""
    announce_mail_password: SecretStr | None = None
    announce_mail_from: str = ""
    announce_mail_to: tuple[str, ...] = ()
    announce_digest_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 0

    @model_validator(mode="after")
    def _announces_to_somebody(self) -> Self:
        if self.announce_webhook_url and self.announce_webhook_secret is None:
            raise ValueError("announce_webhook_secret is missing")
        if self.announce_mail_server and not (self.announce_mail_from and self.announce_mail_to):
            raise ValueError("announce_mail_from or announce_mail_to is missing")
        return self


class WorkerSettings(RegisterSettings, EngineSettings, VaultSettings, PeerSettings):
    """A worker: workflows and activities.

    ``patience_scale`` stretches (or, in tests, shrinks) the pauses between attempts of a step;
    ``step_timeout`` is how long one attempt may take, and so how soon a dead worker is noticed.
    """

    patience_scale: Annotated[float, Field(gt=0)] = 1.0
    step_timeout: Duration = timedelta(seconds=30)
    worker_activities: int = 100
    worker_workflows: int = 100
    worker_grace: Duration = timedelta(seconds=15)
    worker_sticky_timeout: Duration = timedelta(seconds=2)
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 0


class MigrationSettings(_Settings):
    """The owner's way in, for migrations and the installation's own acts."""

    migration_database_url: SecretStr


class OperatorSettings(RegisterSettings, EngineSettings, VaultSettings):
    """What ``jukiflow import`` and ``keys rotate`` need."""


class ResumeSettings(EngineSettings):
    """What ``jukiflow resume`` needs: the engine, and a role that sees every municipality's ids."""

    relay_database_url: SecretStr
