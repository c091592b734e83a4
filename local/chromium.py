"""A real Chromium for whatever looks at the console, wherever this machine has one or may get one.

In this order: ``JUKI_CHROMIUM``, one on PATH, Debian's package (as root), the binary inside the npm
package ``@sparticuz/chromium``.  Where there is none, tests do not pass by leaving it out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SECONDS = 300
_NPM = "@sparticuz/chromium@138"
_UNPACK = (
    "import('@sparticuz/chromium').then(async m => console.log(await m.default.executablePath()))"
)
MISSING = (
    "コンソールの試験には Chromium が要ります。JUKI_CHROMIUM に場所を示すか、"
    "chromium を入れてください。\n"
    "The tests of the console need Chromium: name one in JUKI_CHROMIUM, or install it"
    " (Debian: apt-get install chromium)."
)


class NoChromium(Exception):
    """There is none, and none could be had."""


@lru_cache(maxsize=1)
def chromium() -> str:
    """Where it is; installs Debian's if that is the only way; raises `NoChromium`."""
    for way in (_named, _on_path, _debian, _npm):
        if found := way():
            return found
    raise NoChromium(MISSING)


def _named() -> str | None:
    return os.environ.get("JUKI_CHROMIUM") or None


def _on_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _debian() -> str | None:
    if os.geteuid() or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    for command in (install, ["apt-get", "update", "-qq"], install):
        if _runs(command, environment) and (found := _on_path()):
            return found
    return None


def _npm() -> str | None:
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    place = Path.home() / ".cache" / "jukiflow-chromium"
    place.mkdir(parents=True, exist_ok=True)
    if not _runs(["npm", "install", "--silent", "--prefix", str(place), _NPM], dict(os.environ)):
        return None
    told = subprocess.run(
        ["node", "-e", _UNPACK],  # noqa: S607 - whichever node PATH names
        cwd=place,
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    found = told.stdout.strip()
    return found if told.returncode == 0 and Path(found).exists() else None


def _runs(command: list[str], environment: dict[str, str]) -> bool:
    quiet = subprocess.DEVNULL
    try:
        ended = subprocess.run(
            command,
            env=environment,
            check=False,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    try:
        chromium()
    except NoChromium as missing:
        sys.exit(str(missing))
