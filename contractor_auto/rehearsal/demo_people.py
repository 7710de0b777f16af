"""Who plays in the demo: the business, its owner, and people with leaking pipes. All numbers are made up."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

FIRST_CALLER = 120
MOST_CALLERS = 80
NAMES = (
    "Maria Lopez",
    "Ben Carter",
    "Dee Olsen",
    "Sam Park",
    "Rosa Diaz",
    "Tom Reed",
    "Aisha Khan",
    "Luis Romero",
    "Hannah Vogel",
    "Grace Okafor",
)


@dataclass(frozen=True)
class Person:
    """Somebody with a phone. `kind` is what their phone is to the carrier."""

    name: str
    number: str
    kind: str = "mobile"


@dataclass(frozen=True)
class Business:
    """The shop on the sign, its own phone, and the line that the appliance answers."""

    name: str
    phone: str
    line: str


BUSINESS = Business("Ace Plumbing", "+13135550101", "+13135550100")
HOME_ZONE = "America/Detroit"
OWNER = Person("Olga", "+13135550110")
BACKUP = Person("Bob", "+13135550111")


def caller(position: int, kind: str = "mobile") -> Person:
    """The next one who calls; after eighty, the first one again."""
    suffix = FIRST_CALLER + position % MOST_CALLERS
    return Person(NAMES[position % len(NAMES)], f"+1313555{suffix:04d}", kind)


def zone_here(localtime: Path = Path("/etc/localtime")) -> str:
    """Where the visitor is, so that the texts speak of their own clock; else where the numbers are."""
    name = localtime.resolve().as_posix().partition("/zoneinfo/")[2]
    is_place = "/" in name and not name.startswith("Etc/")
    return name if is_place and name in available_timezones() else HOME_ZONE
