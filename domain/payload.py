"""The one shape of everything that crosses a process: frozen, and forgiving of newer fields."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """A frozen value that is stored or sent; unknown fields of a newer release are passed over.

    Errors never show the input they stumble on, because they end in logs.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
