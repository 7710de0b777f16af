"""Waits for something to become true, and never for ever."""

import threading
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

LOOK_EVERY = timedelta(milliseconds=20)
_never = threading.Event()


def until(is_so: Callable[[], bool], within: timedelta, *, every: timedelta = LOOK_EVERY) -> bool:
    """Whether it became true in time."""
    ends = monotonic() + within.total_seconds()
    while not is_so():
        if monotonic() > ends:
            return False
        _never.wait(every.total_seconds())
    return True
