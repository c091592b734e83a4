"""docker-compose.yml is held against the code: no container engine is at hand to start it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from local.postgres import DISCREET, ROLES
from local.programs import locale
from local.temporal import DYNAMIC_CONFIG, SEARCH_ATTRIBUTES
from runtime.settings import (
    ApiSettings,
    MigrationSettings,
    OperatorSettings,
    RelaySettings,
    ResumeSettings,
    WorkerSettings,
)
from simulators.settings import Settings as SimulatorSettings

HOME = Path(__file__).resolve().parents[2]
TEXT = (HOME / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

OURS = {
    "migrate": MigrationSettings,
    "api": ApiSettings,
    "relay": RelaySettings,
    "worker": WorkerSettings,
}
PATHS = {
    "api": ("JUKI_API_PORT", "/readyz"),
    "relay": ("JUKI_METRICS_PORT", "/metrics"),
    "worker": ("JUKI_METRICS_PORT", "/metrics"),
    "simulators": ("SIMULATORS_PORT", "/healthz"),
}


def _variables(settings: type[Any], prefix: str) -> set[str]:
    return {f"{prefix}{name}".upper() for name in settings.model_fields}


def _required(settings: type[Any], prefix: str) -> set[str]:
    fields = settings.model_fields.items()
    return {f"{prefix}{name}".upper() for name, field in fields if field.is_required()}


def _environment(service: str) -> dict[str, str]:
    return cast("dict[str, str]", SERVICES[service].get("environment", {}))


def test_every_process_of_the_design_is_a_service() -> None:
    """What DESIGN 4 lists runs here, and everything Temporal needs to be set up."""
    assert set(SERVICES) == {
        *OURS,
        "simulators",
        "register-database",
        "engine-database",
        "temporal-schema",
        "temporal",
        "temporal-namespace",
        "temporal-ui",
    }


@pytest.mark.parametrize("service", OURS)
def test_a_service_gets_every_variable_it_needs_and_none_it_does_not_know(service: str) -> None:
    """A misspelt variable would be passed over in silence; red by renaming any of them."""
    given = {name for name in _environment(service) if name.startswith("JUKI_")}

    assert _required(OURS[service], "JUKI_") <= given
    assert given <= _variables(OURS[service], "JUKI_")


def test_the_simulators_get_theirs() -> None:
    """They read SIMULATORS_…, and nothing of ours."""
    given = set(_environment("simulators"))

    assert _required(SimulatorSettings, "SIMULATORS_") <= given
    assert given <= _variables(SimulatorSettings, "SIMULATORS_")
    assert SERVICES["simulators"]["profiles"] == ["simulated"]


@pytest.mark.parametrize("service", [*OURS, "simulators"])
def test_a_process_is_started_by_a_command_that_exists(service: str) -> None:
    """`python -m x` names a package here; `jukiflow` is the installed command."""
    command = SERVICES[service]["command"]

    if command[:2] == ["python", "-m"]:
        assert (HOME / command[2] / "__main__.py").exists()
    else:
        assert command == ["jukiflow", "migrate"]


@pytest.mark.parametrize("service", PATHS)
def test_a_health_check_asks_the_port_the_process_listens_on(service: str) -> None:
    """And the address it listens on is reachable from its neighbours."""
    variable, path = PATHS[service]
    port = _environment(service)[variable]
    hosts = [value for name, value in _environment(service).items() if name.endswith("_HOST")]

    url = f"http://127.0.0.1:{port}{path}"
    assert SERVICES[service]["healthcheck"]["test"] == ["CMD", "python", "-m", "runtime.probe", url]
    assert hosts == ["0.0.0.0"]  # noqa: S104 - inside its container


def test_whatever_is_waited_for_can_become_what_is_waited_for() -> None:
    """`service_healthy` needs a health check, `service_completed_successfully` an end."""
    one_shot = {"migrate", "temporal-schema", "temporal-namespace"}
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            finished = how["condition"] == "service_completed_successfully"
            assert finished == (needed in one_shot)
            assert finished or "healthcheck" in SERVICES[needed]


def test_temporal_runs_with_the_dynamic_config_of_the_local_server() -> None:
    """One set of values in both, so that what was measured here holds there."""
    config = yaml.safe_load(COMPOSE["configs"]["dynamic-config"]["content"])

    assert {key: entries[0]["value"] for key, entries in config.items()} == DYNAMIC_CONFIG
    mounted = SERVICES["temporal"]["configs"][0]["target"]
    assert _environment("temporal")["DYNAMIC_CONFIG_FILE_PATH"] == mounted


def test_server_and_schema_tools_are_of_one_version() -> None:
    """The schema of another version would be refused, or worse, accepted."""
    tags = {SERVICES[name]["image"].partition(":")[2] for name in ("temporal", "temporal-schema")}
    assert tags == {SERVICES["temporal-namespace"]["image"].partition(":")[2]}


def test_namespace_and_search_attributes_are_those_the_code_uses() -> None:
    """The namespace every process names is made, with the attributes cases carry."""
    script = SERVICES["temporal-namespace"]["command"][0]
    made = dict(re.findall(r"--name (\w+) --type (\w+)", script))
    namespace = _environment("temporal-namespace")["TEMPORAL_NAMESPACE"]

    assert made == SEARCH_ATTRIBUTES
    assert {_environment(name)["JUKI_TEMPORAL_NAMESPACE"] for name in ("relay", "worker")} == {
        namespace
    }


def test_the_register_speaks_utf8_and_its_log_keeps_silent() -> None:
    """The same locale and the same silence as the local cluster."""
    words = SERVICES["register-database"]["command"]
    given = dict(word.split("=", 1) for word in words if "=" in word)

    assert DISCREET.items() <= given.items()
    arguments = _environment("register-database")["POSTGRES_INITDB_ARGS"].split()
    assert {*locale(18), "--encoding=UTF8", "--data-checksums"} <= {*arguments}


def test_every_role_is_made_and_used_by_the_process_it_is_for() -> None:
    """None of them may be a superuser or pass row-level security."""
    script = COMPOSE["configs"]["register-roles"]["content"]
    made = re.findall(r"CREATE ROLE (\w+) LOGIN", script)

    assert made == [*ROLES, "outside"]
    assert not re.search(r"SUPERUSER|BYPASSRLS", script)
    used = re.findall(r"postgresql://(\w+):\$\{(\w+):\?\}@register-database:5432/(\w+)", TEXT)
    assert {role for role, _, _ in used} == set(made)


def test_nothing_is_published_beyond_this_host() -> None:
    """TLS and access control stand in front; until then only the host itself reaches a port."""
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_a_worker_can_be_scaled() -> None:
    """`--scale worker=N` is refused for a service with a name or a port of its own."""
    assert not {"container_name", "ports"} & SERVICES["worker"].keys()


def test_staff_cannot_act_in_the_engines_own_ui() -> None:
    """Decisions go through our API alone, which records who and why."""
    assert _environment("temporal-ui")["TEMPORAL_DISABLE_WRITE_ACTIONS"] == "true"


def test_env_example_explains_every_variable_and_no_other() -> None:
    """Red by adding a setting without a line there."""
    example = (HOME / ".env.example").read_text("utf-8")
    explained = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", TEXT))
    known = [*OURS.values(), OperatorSettings, ResumeSettings]
    settings = {name for each in known for name in _variables(each, "JUKI_")}

    assert explained == asked | settings


def test_the_image_holds_every_package() -> None:
    """A package that is not copied would be missed only when the container starts."""
    project = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))
    copied = re.findall(r"^COPY (\w+) \1$", (HOME / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    packages = project["tool"]["setuptools"]["packages"]
    assert copied == [name for name in packages if "." not in name]
