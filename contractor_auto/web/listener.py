"""Serves the site on its port, and stops without dropping what it has in hand."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

THREADS = 16
LOOK_EVERY = 0.25  # seconds in which a stop is noticed
LARGEST_BODY = 9 * 1024 * 1024


class Listener:
    """Listens from the moment it is made; answers once started. Port 0 takes a free one."""

    def __init__(
        self, site: Flask, *, host: str, port: int, proxies: Sequence[str] = (), threads: int = THREADS
    ) -> None:
        self._map: dict[int, Any] = {}
        self._server: Any = create_server(
            site,
            map=self._map,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            backlog=1024,
            connection_limit=1000,
            channel_timeout=30,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=True,
            **_behind(proxies),
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.effective_port)

    @property
    def is_alive(self) -> bool:
        """False once it has died; whoever started it should then end the program."""
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience: float = 5.0) -> None:
        """Answer what has come in already, within `patience` seconds, then close every connection."""
        deadline = time.monotonic() + patience
        while self._server.task_dispatcher.active_count and time.monotonic() < deadline:
            self._stopping.wait(LOOK_EVERY / 10)
        self._stopping.set()
        self._wake()
        if self._thread.is_alive():
            self._thread.join(patience)

    def _wake(self) -> None:
        """Let the loop notice now; it may have noticed by itself and closed everything."""
        for channel in list(self._map.values()):
            with suppress(OSError):
                getattr(channel, "pull_trigger", lambda: None)()

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Not select(): it knows no file number above 1,023, and a crowd of idle visitors is enough.
            wasyncore.loop(timeout=LOOK_EVERY, map=self._map, count=1, use_poll=True)
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._map)


def _behind(proxies: Sequence[str]) -> dict[str, Any]:
    """Believe a proxy about a visitor's address, when it is one that we know."""
    if not proxies:
        return {}
    # The server knows one proxy by its address, or all of them.
    trusted = proxies[0] if len(proxies) == 1 else "*"
    return {"trusted_proxy": trusted, "trusted_proxy_count": 1, "trusted_proxy_headers": {"x-forwarded-for"}}
