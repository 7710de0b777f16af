"""What the law and the mailbox providers want of an email: who wrote it, how to leave, and no mail loops."""

from collections.abc import Mapping
from dataclasses import dataclass

PRECEDENCE_OF_MACHINES = frozenset({"bulk", "junk", "list", "auto_reply"})


class MailRuleError(ValueError):
    """An email that may not leave like this; the message says what is missing."""


@dataclass(frozen=True)
class Sender:
    """The business as it has to stand under an email."""

    name: str
    address: str
    phone: str


def footer(sender: Sender, *, leave_url: str) -> str:
    """Stands under every email that offers or reminds. Raises MailRuleError without a postal address."""
    if not sender.address.strip():
        raise MailRuleError("Your postal address is missing; the law wants it under every such email.")
    if not leave_url.startswith("https://"):
        raise MailRuleError("The link to unsubscribe has to be an https:// one.")
    who = ", ".join(part for part in (sender.name, sender.address, sender.phone) if part.strip())
    return f"{who}\nUnsubscribe: {leave_url}"


def headers(purpose: str, *, leave_url: str = "") -> dict[str, str]:
    """Headers of a mail that a machine sends; an offer can be left with one click, without signing in."""
    always = {"Auto-Submitted": "auto-generated"}
    if purpose != "marketing":
        return always
    if not leave_url.startswith("https://"):
        raise MailRuleError("An offer needs a link to unsubscribe.")
    return {
        **always,
        "List-Unsubscribe": f"<{leave_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def is_by_machine(received: Mapping[str, str], *, return_path: str | None) -> bool:
    """Whether an answer to it would be read by a machine, which might answer that."""
    known = {name.lower(): value.strip().lower() for name, value in received.items()}
    if known.get("auto-submitted", "no").partition(";")[0].strip() != "no":
        return True
    if known.get("precedence", "") in PRECEDENCE_OF_MACHINES:
        return True
    return return_path is not None and return_path.strip() in ("", "<>")
