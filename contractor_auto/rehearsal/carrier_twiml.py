"""Reads TwiML: an appliance's answer becomes a list of verbs. Pure."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

VERBS = frozenset({"Say", "Play", "Pause", "Gather", "Record", "Dial", "Hangup", "Redirect", "Reject"})
TYPES = ("text/xml", "application/xml", "text/html")


class TwimlError(Exception):
    """The answer is not TwiML; `code` is what the carrier's monitor calls it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Verb:
    """One instruction, its attributes as written, and what is nested in it."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: tuple["Verb", ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def number(self, name: str, default: int) -> int:
        written = self.get(name)
        return int(written) if written.isdigit() else default

    def says(self, name: str) -> bool:
        return self.get(name).lower() == "true"


Script = tuple[Verb, ...]


def script(body: str, content_type: str) -> Script:
    """The verbs of a call's answer."""
    if content_type.partition(";")[0].strip().lower() not in TYPES:
        raise TwimlError("12300", f"Invalid Content-Type {content_type!r}")
    verbs = _response(body)
    for verb in verbs:
        if verb.name not in VERBS:
            raise TwimlError("12200", f"There is no verb <{verb.name}>")
    return verbs


def messages(body: str) -> list[str]:
    """What the answer to an incoming text sends back."""
    if not body.strip():
        return []
    return [_message_body(verb) for verb in _response(body) if verb.name in ("Message", "Sms")]


def _message_body(verb: Verb) -> str:
    return next((part.text for part in verb.inside if part.name == "Body"), verb.text)


def _response(body: str) -> Script:
    try:
        root = ET.fromstring(body)
    except ET.ParseError as error:
        raise TwimlError("12100", f"Document parse failure: {error}") from error
    if root.tag != "Response":
        raise TwimlError("12100", f"The document must be a <Response>, not <{root.tag}>")
    return tuple(_verb(element) for element in root)


def _verb(element: ET.Element) -> Verb:
    return Verb(
        name=element.tag,
        text=(element.text or "").strip(),
        attributes=dict(element.attrib),
        inside=tuple(_verb(child) for child in element),
    )
