"""Bearer tokens of a local stack: one per role and municipality, made once, kept private."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from local.private import write_private
from runtime.settings import TokenGrant, TokenRole

if TYPE_CHECKING:
    from pathlib import Path

# 千代田区, 函館市: two towns, so that what one may not see of the other can be tried.
MUNICIPALITIES = ("131016", "012025")


def local_tokens(file: Path) -> dict[str, TokenGrant]:
    """The tokens in ``file`` (0600); made on first use."""
    if not file.exists():
        made = {
            f"{municipality}-{role}-{secrets.token_urlsafe(18)}": {
                "client": f"local-{role}",
                "role": role,
                "municipality": municipality,
            }
            for municipality in MUNICIPALITIES
            for role in TokenRole
        }
        write_private(file, json.dumps(made, indent=2))
    known = json.loads(file.read_text("utf-8"))
    return {token: TokenGrant.model_validate(grant) for token, grant in known.items()}
