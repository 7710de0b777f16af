"""Whether a webhook was signed with our auth token. Knows nothing about what the webhook says."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator


def is_genuine(*, url: str, params: Mapping[str, str], signature: str | None, tokens: Sequence[str]) -> bool:
    """Whether one of `tokens` signed this request. Anything malformed is simply not genuine."""
    if not signature:
        return False
    try:
        given = signature.encode()
        # An empty token would accept whatever anybody signs with nothing.
        return any(
            hmac.compare_digest(_sign(token, spelling, params), given)
            for token in tokens
            if token
            for spelling in _spellings(url)
        )
    except (TypeError, ValueError, AttributeError):
        return False


def webhook_url(public_url: str, raw_uri: str) -> str:
    """The address Twilio signed: our configured base and the path and query exactly as they arrived.

    A decoded path, or the scheme and host a proxy passed on, would spell it differently.
    """
    if not raw_uri.startswith("/"):
        # A proxy may put the whole address on the request line.
        raw_uri = "/" + raw_uri.partition("://")[2].partition("/")[2]
    return public_url.rstrip("/") + raw_uri


def _sign(token: str, url: str, params: Mapping[str, str]) -> bytes:
    return str(RequestValidator(token).compute_signature(url, params)).encode()


def _spellings(url: str) -> Iterator[str]:
    """Twilio signs an address sometimes with its port and sometimes without."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc
    usual = 443 if parts.scheme == "https" else 80
    other = host.rpartition(":")[0] if parts.port else f"{host}:{usual}"
    yield url.replace(f"//{host}", f"//{other}", 1)
