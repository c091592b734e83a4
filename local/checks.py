"""``make test``: every check, none left out when an earlier one fails, the verdict at the end.

The static checks run beside each other, then the tests, which want the machine to themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic

from local import HOME

_PYTHON = sys.executable
_LINTER = "from importlinter.cli import lint_imports_command as lint; lint()"

STATIC = {
    "lint": (_PYTHON, "-m", "ruff", "check", "--quiet", "."),
    "format": (_PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."),
    "types": (_PYTHON, "-m", "basedpyright"),
    "imports": (_PYTHON, "-c", _LINTER, "--no-logo"),
}
BROWSER = (_PYTHON, "-m", "local.chromium")
TESTS = ("-m", "pytest", "-q", "-n", "4", "--dist", "worksteal", "--no-header")


@dataclass(frozen=True)
class Verdict:
    """How one check ended, and what it said."""

    name: str
    passed: bool
    seconds: float
    said: str


def main() -> int:
    """Run everything; 0 only if everything passed.

    Without a browser nothing is run: what cannot be seen must not pass unseen.
    """
    if (browser := subprocess.run(BROWSER, cwd=HOME, check=False)).returncode:
        return browser.returncode
    with ThreadPoolExecutor(max_workers=2) as pool:
        verdicts = list(pool.map(_run, STATIC.items()))
    for verdict in verdicts:
        if not verdict.passed:
            _tell(f"\n--- {verdict.name}\n{verdict.said}")
    verdicts.append(_run_tests(sys.argv[1:]))
    _tell("")
    for verdict in verdicts:
        mark = "ok  " if verdict.passed else "FAIL"
        _tell(f"{mark} {verdict.name:<10} {verdict.seconds:6.1f} s")
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def _run(check: tuple[str, tuple[str, ...]]) -> Verdict:
    name, command = check
    began = monotonic()
    ended = subprocess.run(
        command, cwd=HOME, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return Verdict(name, ended.returncode == 0, monotonic() - began, ended.stdout.strip())


def _run_tests(chosen: list[str]) -> Verdict:
    began = monotonic()
    ended = subprocess.run([_PYTHON, *TESTS, *chosen], cwd=HOME, check=False, env=_clean())
    return Verdict("tests", ended.returncode == 0, monotonic() - began, "")


def _clean() -> dict[str, str]:
    """The environment without settings of another installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JUKI_")}


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
