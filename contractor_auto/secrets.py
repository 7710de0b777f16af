"""Where secrets are found: the environment, a file of our own, or the system's credentials.

They are read each time they are needed, so a new one works without a restart. They never reach the
database, a log or a page.
"""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

# Marks the numbers of deleted people; made by ourselves. Without it their opt-outs are not recognised.
PERSON_KEY = "person_key"
NAMES = ("twilio_auth_token", "twilio_auth_token_previous", "mail_password")


class Secrets:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "secrets"

    def get(self, name: str) -> str | None:
        """The secret, or None. The environment wins over the file, the file over the system's."""
        from_environment = os.environ.get(f"CONTRACTOR_AUTO_{name.upper()}", "").strip()
        return from_environment or _read(self._folder / name) or _read(_credentials() / name)

    def carrier_tokens(self) -> Sequence[str]:
        """The token in use first, then the one before it, so that a rotation loses no webhook."""
        names = ("twilio_auth_token", "twilio_auth_token_previous")
        return [token for name in names if (token := self.get(name))]

    def set(self, name: str, value: str) -> None:
        """Keep a secret in its own 0600 file; the carrier's token before it stays valid for reading."""
        old = _read(self._folder / name)
        if name == "twilio_auth_token" and old and old != value:
            self._write("twilio_auth_token_previous", old)
        self._write(name, value)

    def make(self, name: str) -> str:
        """A random secret of our own, made once."""
        existing = self.get(name)
        if existing:
            return existing
        self._write(name, secrets.token_hex(32))
        return self.get(name) or ""

    def _write(self, name: str, value: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A name of its own: two threads may be writing at once.
        temporary = self._folder / f".{name}.{secrets.token_hex(8)}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._folder / name)


def _credentials() -> Path:
    return Path(os.environ.get("CREDENTIALS_DIRECTORY", "/nonexistent"))


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
