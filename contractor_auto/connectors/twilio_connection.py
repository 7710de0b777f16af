"""Connections that know whether a request may have left: what fails while connecting was never sent.

The errors of the layers below cannot tell: a handshake that times out looks like a reply that does.
"""

import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

_request = threading.local()


def begin_request() -> None:
    """Nothing of this thread's next request has left yet."""
    _request.may_have_left = False


def may_have_left() -> bool:
    """Whether the other side may have got any of this thread's request."""
    return bool(_request.may_have_left)


class WatchedAdapter(HTTPAdapter):
    """Sends over connections that keep `may_have_left` true to the wire."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return _watch(super().proxy_manager_for(*args, **kwargs))


class _Connection(HTTPConnection):
    def connect(self) -> None:
        _request.may_have_left = False
        super().connect()
        _request.may_have_left = True

    def request(self, *args: Any, **kwargs: Any) -> None:
        # A connection that is already open is used again without connecting.
        _request.may_have_left = True
        super().request(*args, **kwargs)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS, whose handshake is part of connecting."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


def _watch(pools: PoolManager) -> PoolManager:
    pools.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pools
