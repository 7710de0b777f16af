"""How many jobs may be in hand behind each gate, and at what pace they may leave."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GateSpec:
    """`slots` keep a slow connector from taking every worker; `per_second` is the carrier's own limit."""

    name: str
    slots: int
    per_second: float | None = None
