"""How long the engine waits for one attempt, and what it does when none reports at all.

The pause after a failure that does report is chosen where it is known: by the worker that failed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from temporalio.common import RetryPolicy


class Patience(NamedTuple):
    """The time one attempt may take, and the spacing of attempts that vanished."""

    attempt: timedelta
    retry: RetryPolicy


_VANISHED = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(minutes=5),
)

# One attempt asks one peer once or twice; a worker that died is noticed after this time.
STEP = Patience(timedelta(seconds=30), _VANISHED)

# Our own register answers at once, or is away.
OFFICE = Patience(timedelta(seconds=10), _VANISHED)
