"""Named places where a test can stop the program; inert unless the environment names one.

`CONTRACTOR_AUTO_FAILPOINT=intake.before:3:kill` kills the process the third time `intake.before` is
reached; `raise` raises instead. Every name is listed here, so a test can walk through all of them.
"""

import os
import signal

WRITES = (
    "write",  # every commit that has no name of its own
    "migrate",
    "intake",
    "interpret",
    "claim",
    "intend",
    "accepted",
    "dead",
    "pause",
    "resume",
    "settings",
    "forget",
    "sweep",
)
CALLS = ("carrier.send", "carrier.find")
POINTS = tuple(f"{name}.{side}" for name in WRITES + CALLS for side in ("before", "after"))


class FailpointError(RuntimeError):
    """Raised on purpose at a named failpoint."""


class _Armed:
    def __init__(self, text: str) -> None:
        name, _, rest = text.partition(":")
        count, _, action = rest.partition(":")
        if name and name not in POINTS:
            raise ValueError(f"CONTRACTOR_AUTO_FAILPOINT: there is no failpoint {name!r}; known: {POINTS}")
        self.name = name
        self.left = int(count or 1)
        self.action = action or "kill"


_armed = _Armed(os.environ.get("CONTRACTOR_AUTO_FAILPOINT", ""))


def hit(name: str) -> None:
    """Do nothing, unless this is the named failpoint's turn."""
    if _armed.name != name:
        return
    _armed.left -= 1
    if _armed.left != 0:
        return
    if _armed.action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise FailpointError(name)
