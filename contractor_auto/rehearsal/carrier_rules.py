"""What the pretend carrier refuses, which words it minds, and how it counts. Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START = frozenset({"START", "YES", "UNSTOP"})
HELP = frozenset({"HELP", "INFO"})
CONFIRMATIONS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this"
    " number. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}
MEANINGS = {
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_DOUBLE = frozenset("^{}\\[~]|€\f")


class Refusal(Exception):
    """The carrier does not take a request; becomes its JSON error reply."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Order:
    """A text as the appliance asks for it."""

    to: str
    from_: str
    body: str
    media: tuple[str, ...] = ()
    callback: str = ""


def keyword_of(body: str) -> str:
    """STOP, START or HELP when the whole text is such a word, else nothing."""
    word = body.strip().upper()
    lists = {"STOP": STOP, "START": START, "HELP": HELP}
    return next((meaning for meaning, words in lists.items() if word in words), "")


def segments(body: str) -> int:
    """In how many parts a text travels."""
    if all(letter in GSM_7 or letter in GSM_7_DOUBLE for letter in body):
        length, whole, part = len(body) + sum(letter in GSM_7_DOUBLE for letter in body), 160, 153
    else:
        length, whole, part = len(body.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= whole else -(-length // part)


def refuse_badly_made(order: Order) -> None:
    if not order.to:
        raise Refusal(21604, "A 'To' phone number is required.")
    if not order.from_:
        raise Refusal(21603, "A 'From' phone number is required.")
    if not (order.body or order.media):
        raise Refusal(21602, "Message body is required.")
    if len(order.body) > 1600:
        raise Refusal(21617, "The concatenated message body exceeds the 1600 character limit.")
    if order.callback and not _is_web_address(order.callback):
        raise Refusal(21609, f"The 'StatusCallback' URL {order.callback} is not a valid URL.")


def _is_web_address(url: str) -> bool:
    try:
        split = urlsplit(url)
    except ValueError:
        return False
    host = split.hostname or ""
    # An underscore is refused although browsers take it.
    return split.scheme in ("http", "https") and bool(host) and "_" not in host


MAGIC_TO = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}


def refuse_magic_numbers(order: Order) -> None:
    """Refuse numbers that no text can go to or come from, and those that stand for a refusal."""
    if not re.fullmatch(r"\+(1[2-9]\d{9}|[2-9]\d{6,14})", order.to):
        raise Refusal(21211, f"The 'To' number {order.to} is not a valid phone number.")
    if order.to in MAGIC_TO:
        raise Refusal(MAGIC_TO[order.to], f"The 'To' number {order.to} cannot be texted.")
    if order.from_ in MAGIC_FROM:
        raise Refusal(MAGIC_FROM[order.from_], f"The 'From' number {order.from_} cannot send.")
    if not order.to.startswith("+1"):
        raise Refusal(21408, f"Permission to send an SMS has not been enabled for the region of {order.to}.")
    if order.to == order.from_:
        raise Refusal(21266, "'To' and 'From' number cannot be the same")
