"""What can be made to go wrong at the pretend carrier: where, for how many requests, and for how long."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

REQUEST, MESSAGE, RECEIPTS, WEBHOOK, LINE = "request", "message", "receipts", "webhook", "line"

# Each kind of fault happens in one place; a second fault elsewhere may be active at the same time.
PLACES: dict[str, str] = {
    "refuse": LINE,
    "hang": REQUEST,
    "error": REQUEST,
    "throttle": REQUEST,
    "drop": REQUEST,
    "latency": REQUEST,
    "html": REQUEST,
    "truncated": REQUEST,
    "empty": REQUEST,
    "unauthorized": REQUEST,
    "suspended": REQUEST,
    "undelivered": MESSAGE,
    "lost": WEBHOOK,
    "repeated": WEBHOOK,
    "parallel": WEBHOOK,
    "reordered": RECEIPTS,
    "renamed": WEBHOOK,
    "forged": WEBHOOK,
}
# What still does its work although the answer goes wrong, unless the fault says otherwise.
WORKS_ANYWAY = frozenset({"drop", "latency", "truncated", "empty"})
REQUESTS = frozenset({"send", "list", "fetch", "account", "numbers"})
WEBHOOKS = frozenset({"voice", "action", "whisper", "recording", "call-status", "sms", "receipt"})


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `times` None means until cleared; `seconds` None means until released.

    `on` is "all" or a kind of request (send, list, fetch, account, numbers) or of webhook (voice,
    action, whisper, recording, call-status, sms, receipt). `works` says whether the request is
    carried out although its answer goes wrong; None takes the kind's habit.
    """

    kind: str
    on: str = "all"
    times: int | None = None
    seconds: float | None = None
    status: int = 500
    code: int = 30003
    copies: int = 3
    works: bool | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in PLACES:
            raise ValueError(f"There is no fault {self.kind!r}; known: {', '.join(PLACES)}")
        known = {REQUEST: REQUESTS, WEBHOOK: WEBHOOKS}.get(self.place, frozenset())
        if self.on != "all" and self.on not in known:
            raise ValueError(f"A {self.kind!r} fault cannot be on {self.on!r}; known: all, {sorted(known)}")

    @property
    def place(self) -> str:
        return PLACES[self.kind]

    @property
    def carries_on(self) -> bool:
        """Whether the request does its work although the answer goes wrong."""
        return self.kind in WORKS_ANYWAY if self.works is None else self.works

    def strikes(self, place: str, on: str) -> bool:
        return self.place == place and self.on in ("all", on)


class Faults:
    """The faults that are switched on now. Safe to use from any thread."""

    def __init__(self, on_line: Callable[[Fault | None], None] = lambda _: None) -> None:
        """`on_line` is told when the whole line goes dead (with the fault) and comes back (with None)."""
        self._on_line = on_line
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self._hold = threading.Condition()
        self._held = 0
        self._releases = 0

    def add(self, kind: str, **details: Any) -> Fault:
        fault = Fault(kind, **details)
        with self._lock:
            self._active.append(fault)
        if fault.place == LINE:
            self._on_line(fault)
        return fault

    def clear(self, kind: str | None = None) -> None:
        """Switch off one kind, or everything; whatever hangs is let go."""
        with self._lock:
            gone = [fault for fault in self._active if kind in (None, fault.kind)]
            self._active = [fault for fault in self._active if fault not in gone]
        if kind in (None, "hang", "latency"):
            self.release()
        if any(fault.place == LINE for fault in gone):
            self._on_line(None)

    def take(self, place: str, on: str = "all") -> Fault | None:
        """The first fault that strikes here, used up by one; None when all is well."""
        with self._lock:
            for position, fault in enumerate(self._active):
                if fault.strikes(place, on):
                    self._use(position, fault)
                    return fault
        return None

    def _use(self, position: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times > 1:
            self._active[position] = replace(fault, times=fault.times - 1)
        else:
            del self._active[position]

    def hold(self, seconds: float | None) -> None:
        """Wait as a hanging carrier does: for so long, or until released."""
        with self._hold:
            releases = self._releases
            self._held += 1
            self._hold.notify_all()
            self._hold.wait_for(lambda: self._releases > releases, seconds)
            self._held -= 1

    def release(self) -> None:
        """Let go of every request that is held now; later ones are held again."""
        with self._hold:
            self._releases += 1
            self._hold.notify_all()

    def wait_until_held(self, requests: int = 1, timeout: timedelta = timedelta(seconds=10)) -> bool:
        """Whether that many requests hang, waiting no longer than `timeout` for them."""
        with self._hold:
            return self._hold.wait_for(lambda: self._held >= requests, timeout.total_seconds())

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._active]
