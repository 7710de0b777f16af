"""What a provider has in its own books, in words that name no provider."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Listed:
    """One record. `source`, `path` and `body` are what it is kept as; the rest is for comparing.

    A voicemail names its `call`. A moment is None when the record has none that can be read.
    """

    id: str
    source: str
    path: str
    body: bytes
    at: datetime | None
    ended_at: datetime | None = None
    lane: str | None = None
    call: str = ""
    status: str = ""


@dataclass(frozen=True)
class Listing:
    """Records of one kind, each once, the oldest first. Not whole when there was more than we may read."""

    records: tuple[Listed, ...] = ()
    is_whole: bool = True
