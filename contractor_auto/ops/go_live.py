"""What has to be there before a recipe may talk to real people."""

from dataclasses import dataclass

from contractor_auto.config import Config
from contractor_auto.secrets import Secrets


@dataclass(frozen=True)
class Need:
    """One line of the go-live list."""

    name: str
    is_met: bool
    sentence: str


def go_live_list(config: Config, secrets: Secrets) -> list[Need]:
    carrier, url = config.carrier, config.server.public_url
    return [
        _need(
            "Number",
            bool(carrier.number),
            "Texts leave from it.",
            "No number of yours is in the configuration.",
        ),
        _need(
            "Access to the carrier",
            bool(carrier.account_sid and secrets.carrier_tokens()),
            "Account and token are in place.",
            "The account or its token is missing, so nothing can be sent.",
        ),
        _need(
            "Public address",
            url.startswith("https://") or config.is_pretend() or not config.needs_public_url(),
            "The carrier can reach us.",
            "Without a public https address the carrier cannot tell us about calls and texts.",
        ),
        _need(
            "Your phone",
            bool(config.people.owner.phone),
            "You hear of what needs you.",
            "Your own number is missing, so you would not hear of urgent calls.",
        ),
    ]


def missing(needs: list[Need]) -> list[Need]:
    return [need for need in needs if not need.is_met]


def _need(name: str, is_met: bool, good: str, bad: str) -> Need:
    return Need(name, is_met, good if is_met else bad)
