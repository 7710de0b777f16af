"""What the owner asked for cannot be done; the message says why and what would be right."""

from collections.abc import Mapping


class Refused(ValueError):
    """Nothing was changed. `fields` holds a sentence for each field that is wrong."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})
