"""Takes card numbers out of what was posted to us, before it is kept: a form, or a record in JSON.

What carries no card number is left byte for byte as it came.
"""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

from contractor_auto.recipe.cards import mask_cards

# Names of things, in which a run of digits means nothing.
NAMES_OF_THINGS = ("sid", "token", "url", "uri", "uris")


def without_cards(body: bytes) -> bytes:
    """The same, with every card number that somebody wrote in it removed."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return _record(text, body) if text.lstrip()[:1] in ("{", "[") else _form(text, body)


def _form(text: str, body: bytes) -> bytes:
    try:
        pairs = parse_qsl(text, keep_blank_values=True)
    except ValueError:
        return body
    masked = [(name, _masked(name, value)) for name, value in pairs]
    return body if masked == pairs else urlencode(masked).encode()


def _record(text: str, body: bytes) -> bytes:
    try:
        value = json.loads(text)
    except ValueError:
        return body
    masked = _walk("", value)
    return body if masked == value else json.dumps(masked).encode()


def _walk(name: str, value: Any) -> Any:
    match value:
        case dict():
            return {key: _walk(key, inner) for key, inner in value.items()}
        case list():
            return [_walk(name, inner) for inner in value]
        case str():
            return _masked(name, value)
        case int() if not isinstance(value, bool):
            written = _masked(name, str(value))
            return value if written == str(value) else written
        case _:
            return value


def _masked(name: str, value: str) -> str:
    if name.lower().rstrip("0123456789").endswith(NAMES_OF_THINGS):
        return value
    return mask_cards(value)[0]
