from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from local import HOME
from runtime.probe import answers
from runtime.settings import RelaySettings, TokenGrant, TokenRole

_WORKER = {
    "JUKI_DATABASE_URL": "postgresql://juki_app:geheim@127.0.0.1/jukiflow",
    "JUKI_KEYRING_PATH": "/run/secrets/keyring",
    "JUKI_JLIS_URL": "http://127.0.0.1/jlis",
    "JUKI_UNIFIED_ADDRESSEE_URL": "http://127.0.0.1/unified-addressee",
    "JUKI_INTERMEDIATE_SERVER_URL": "http://127.0.0.1/intermediate-server",
    "JUKI_MYNAPORTAL_URL": "http://127.0.0.1/mynaportal",
}


def _read(environment: dict[str, str], shown: str) -> str:
    code = f"from runtime.settings import *\ns = WorkerSettings.from_environment()\nprint({shown})"
    read = subprocess.run(
        [sys.executable, "-c", code],
        cwd=HOME,
        env={"PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return read.stdout.strip() or read.stderr


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", "90.0"), ("2.5", "2.5"), ("PT5M", "300.0"), ("0", "0.0")]
)
def test_a_duration_is_written_in_seconds_or_as_iso_8601(written: str, seconds: str) -> None:
    """One notation for every duration."""
    environment = {**_WORKER, "JUKI_JLIS_SETTLING": written}
    assert _read(environment, "s.jlis_settling.total_seconds()") == seconds


def test_secrets_do_not_print() -> None:
    """Settings end up in start-up logs sooner or later."""
    assert "geheim" not in _read(_WORKER, "s")


def test_a_missing_setting_is_named_and_a_wrong_one_not_shown() -> None:
    """The text goes to a log."""
    missing = _read({"JUKI_PATIENCE_SCALE": "geheim"}, "s")

    assert "database_url" in missing
    assert "patience_scale" in missing
    assert "geheim" not in missing


@pytest.mark.parametrize(
    ("named", "missing"),
    [
        ({"announce_webhook_url": "http://127.0.0.1/"}, "announce_webhook_secret"),
        ({"announce_mail_server": "127.0.0.1"}, "announce_mail_from"),
        ({"announce_digest_at": "8:00"}, "announce_digest_at"),
    ],
)
def test_whom_to_announce_to_is_named_whole(named: dict[str, str], missing: str) -> None:
    """Nothing leaves unsigned, or from and to nobody: the relay does not start."""
    usual = {"database_url": "x", "sealer_database_url": "x"}
    with pytest.raises(ValidationError, match=missing):
        RelaySettings.model_validate(usual | named)


def test_a_token_speaks_for_one_municipality_that_exists() -> None:
    """A code with a wrong check digit is no municipality."""
    grant = {"client": "kosodate", "role": "client", "municipality": "131016"}

    assert TokenGrant.model_validate(grant).role is TokenRole.CLIENT
    with pytest.raises(ValidationError):
        TokenGrant.model_validate({**grant, "municipality": "131017"})
    with pytest.raises(ValidationError):
        TokenGrant.model_validate({**grant, "role": "mayor"})


def test_a_probe_of_a_closed_port_says_no() -> None:
    """A health check fails; it does not crash."""
    assert not answers("http://127.0.0.1:9/readyz")
