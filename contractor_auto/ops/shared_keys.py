"""What all nodes of one shop have in common: what one of them signed or marked, the others recognise."""

import hashlib

from contractor_auto.secrets import PERSON_KEY, Secrets
from contractor_auto.store import settings
from contractor_auto.store.database import Database

SESSION_KEY = "session_key"
SHARED = (SESSION_KEY, PERSON_KEY)


def join(db: Database, secrets: Secrets) -> list[str]:
    """The first node's keys count from then on. Returns the names of ours that are others."""
    if not db.is_sqlite:
        prints = {name: _fingerprint(key) for name in SHARED if (key := secrets.get(name))}
        db.write(lambda: settings.keep_first(settings.HOUSE, prints))
    return others(db, secrets)


def others(db: Database, secrets: Secrets) -> list[str]:
    """Keys of this node that are not those of the first; nothing is written. SQLite has one node."""
    if db.is_sqlite:
        return []
    kept = settings.stored(settings.HOUSE)
    return [name for name in SHARED if name in kept and kept[name] != _fingerprint(secrets.get(name) or "")]


def say(names: list[str], folder: object) -> str:
    """What to do about it."""
    return (
        f"{folder}/secrets: {' and '.join(names)}: another node of this shop works with another one. "
        "Copy the secrets folder of that node here, then start again."
    )


def _fingerprint(key: str) -> str:
    """Enough to tell two keys apart, and nothing of the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
