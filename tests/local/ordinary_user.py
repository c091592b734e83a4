"""Run in a process of its own: a stack of an ordinary user, to the first answer of both servers."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg

from local.stack import LocalStack


async def main(directory: Path) -> None:
    """Start, ask, stop; any failure is an exit code."""
    if os.geteuid() == 0:
        sys.exit("this was to run as an ordinary user")
    stack = LocalStack(directory, processes=("postgres", "temporal"), usual_ports=False)
    async with stack:
        connection = await asyncpg.connect(stack.database_url("juki_owner"))
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
