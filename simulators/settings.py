"""Where the simulators listen, keep their ledgers, and how slow the outside world is."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from SIMULATORS_…; ``base_url`` is how they reach each other, by default their own port.

    Delays are seconds.  ``inbox_url`` is where municipalities take in what others push to them;
    without it such messages stay owed.  Each pushing system signs with a secret of its own.  With
    ``control_token`` set, the control doors want it in the header Control-Token.  The identity
    provider knows demonstration staff of the municipalities ``staff_of``, and gives tokens to
    systems that show ``identity_secret``.  Operations know what is announced to them by
    ``operations_secret``.
    """

    model_config = SettingsConfigDict(env_prefix="SIMULATORS_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8100
    base_url: str = ""
    database_url: str
    pool_size: int = 6
    control_token: str = ""
    staff_of: tuple[str, ...] = ()
    identity_secret: str = ""
    number_notice_delay: float = 0.0
    copy_delay: float = 0.0
    symbol_delay: float = 0.3
    letter_delay: float = 0.0
    application_delay: float = 0.0
    inbox_url: str = ""
    jlis_inbox_secret: str = ""
    mynaportal_inbox_secret: str = ""
    operations_secret: str = ""

    @property
    def own_url(self) -> str:
        """The address one system here uses to reach another."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
