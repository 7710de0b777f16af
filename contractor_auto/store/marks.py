"""A number as a mark that cannot be turned back into it: what is left of somebody who asked to be deleted.

The key is made once for each installation and lives beside the other secrets. The first part of a mark
names the key, so that marks made with a key we do not have are noticed.
"""

import hashlib
import hmac

PREFIX = "mark:"
_keys: list[bytes] = []


class MarkError(Exception):
    """A number cannot be marked, because this process was given no key."""


def use_key(key: str) -> None:
    """From here on this process marks with this key."""
    _keys[:] = [key.encode()]


def mark(number: str) -> str:
    """The mark of a number, with the key of this installation."""
    if not _keys:
        raise MarkError("There is no key to mark numbers with.")
    return f"{_prefix()}{hmac.new(_keys[0], number.encode(), hashlib.sha256).hexdigest()}"


def names_of(number: str) -> list[str]:
    """Under what a number may be kept: itself and, where there is a key, its mark."""
    return [number, mark(number)] if _keys else [number]


def is_mark(name: str) -> bool:
    return name.startswith(PREFIX)


def is_ours(name: str) -> bool:
    """Whether a number could be recognised in this mark; with another key it cannot."""
    return bool(_keys) and name.startswith(_prefix())


def _prefix() -> str:
    return f"{PREFIX}{hashlib.sha256(_keys[0]).hexdigest()[:8]}:"
