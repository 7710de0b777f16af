"""What a connector understood from the outside world, in words that name no carrier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One neutral fact, such as "the call ended". `occurred_at` is None when it happened just now."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
