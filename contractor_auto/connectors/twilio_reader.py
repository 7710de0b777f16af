"""Reads kept webhooks and records of the API for the interpreter, and judges what became of a text."""

import json
from urllib.parse import parse_qsl, urlsplit

from contractor_auto.connectors.twilio_errors import classify_receipt
from contractor_auto.connectors.twilio_read import (
    read,
    read_polled_call,
    read_polled_message,
    read_polled_recording,
)
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.outcomes import ActionError

MOST_FIELDS = 500
POLLED = {
    "twilio.polled-call": read_polled_call,
    "twilio.polled-message": read_polled_message,
    "twilio.polled-recording": read_polled_recording,
}


class FormError(ValueError):
    """A body that is not an honest form."""


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises FormError when it is not UTF-8, too big, or says one thing twice."""
    try:
        text = body.decode("utf-8")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as problem:
        raise FormError("not a form in UTF-8") from problem
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise FormError("a field is given twice")
    return fields


class TwilioReader:
    def read(self, source: str, path: str, body: bytes) -> list[Heard]:
        """What one of them said. The query of a webhook's path counts like its fields."""
        if source in POLLED:
            return POLLED[source](json.loads(body))
        parts = urlsplit(path)
        token = parts.path.rpartition("/")[2] if source == "twilio.status" else None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return read(source, {**query, **parse_form(body)}, path_token=token)

    def judge(self, status: str, code: int | None) -> ActionError | None:
        """Why a text did not arrive; None when nothing is wrong."""
        verdict = classify_receipt(code, status)
        return ActionError(verdict.sentence, kind=verdict.kind, code=code) if verdict else None
