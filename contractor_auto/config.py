"""config.toml as one frozen value. An unknown key or a bad value stops the start and names the key."""

import os
import re
import tomllib
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from contractor_auto.recipe.hours import Hours

PLACES = (Path("config.toml"), Path("/etc/contractor-auto/config.toml"))
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file, the key and what was expected."""


def _e164(value: str) -> str:
    if value and not re.fullmatch(r"\+[1-9]\d{6,14}", value):
        raise ValueError("expected a number like +13135550100 (plus sign, country code, no spaces)")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("expected a time zone like America/Detroit")
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("expected an address like https://shop.example.com")
    if parts.query or parts.fragment:
        raise ValueError("expected an address without ? or #")
    return value.rstrip("/")


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("expected sqlite:///PATH or postgresql://USER@HOST/NAME")
    return value


def _hours(value: dict[str, str]) -> dict[str, str]:
    Hours.parse(value)
    return value


Phone = Annotated[str, AfterValidator(_e164)]
BaseUrl = Annotated[str, AfterValidator(_base_url)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Business(Section):
    name: Word
    phone: Phone = ""
    email: str = ""
    address: str = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "America/New_York"
    hours: Annotated[dict[str, str], AfterValidator(_hours)] = dict.fromkeys(DAYS[:5], "08:00-17:00")
    holidays: list[date] = []


class Server(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    public_url: BaseUrl = ""
    trusted_proxies: list[str] = []


class Data(Section):
    folder: Path = Path("data")
    database: Annotated[str, AfterValidator(_database)] = "sqlite:///data/contractor.db"


class Twilio(Section):
    account_sid: Annotated[str, Field(pattern=r"^(AC[0-9A-Za-z]{1,64})?$")] = ""
    number: Phone = ""
    api_base: BaseUrl = "https://api.twilio.com"
    mode: Literal["forwarded", "ring_first", "polled"] = "forwarded"
    ring: list[Phone] = []
    ring_seconds: int = Field(18, ge=5, le=60)
    messages_per_second: float = Field(1, gt=0, le=1000)


class Mail(Section):
    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    sender: str = Field("", alias="from")


class Person(Section):
    name: str = ""
    phone: Phone = ""
    email: str = ""


class People(Section):
    owner: Person = Person()
    backup: Person = Person()
    vendor: Person = Person()

    def phones(self) -> dict[str, str]:
        """Number → role, for everybody who is one of us."""
        roles = (("owner", self.owner), ("backup", self.backup), ("vendor", self.vendor))
        return {person.phone: role for role, person in reversed(roles) if person.phone}


class Alerts(Section):
    channels: list[str] = ["email", "text"]
    deadman_url: str = ""


class Limits(Section):
    texts_per_hour: int = Field(20, ge=1)
    texts_per_day: int = Field(200, ge=1)
    spend_per_day: float = Field(10, ge=0)
    same_text_people: int = Field(10, ge=1)


class Feed(Section):
    kind: Literal["standard-webhooks", "hmac", "token"]
    mapping: Path


class Sentry(Section):
    dsn: str = ""


class Config(Section):
    business: Business
    server: Server = Server()
    data: Data = Data()
    twilio: Twilio = Twilio()
    mail: Mail = Mail()
    people: People = People()
    alerts: Alerts = Alerts()
    limits: Limits = Limits()
    feeds: dict[str, Feed] = {}
    sentry: Sentry = Sentry()
    path: Path = Path("config.toml")  # where it was read from; not a key

    @property
    def carrier(self) -> Twilio:
        """The section of whoever carries our calls and texts."""
        return self.twilio

    def needs_public_url(self) -> bool:
        """True unless we ask the carrier ourselves what happened."""
        return self.twilio.mode != "polled"

    def own_numbers(self) -> frozenset[str]:
        """Numbers that are ours: never customers, never texted back."""
        ours = {self.twilio.number, self.business.phone, *self.twilio.ring, *self.people.phones()}
        return frozenset(ours - {""})

    def is_pretend(self) -> bool:
        """True when the carrier is on this very machine, as in the demo and in rehearsals."""
        host = urlsplit(self.twilio.api_base).hostname or ""
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False


def find(given: str | None = None) -> Path:
    """The file to read: the one given, the one in CONTRACTOR_AUTO_CONFIG, or the usual places."""
    named = given or os.environ.get("CONTRACTOR_AUTO_CONFIG")
    if named:
        return Path(named)
    for place in PLACES:
        if place.exists():
            return place
    raise ConfigError(
        f"There is no {PLACES[0]} here. Copy config.example.toml to config.toml, "
        "or name your file with --config PATH or CONTRACTOR_AUTO_CONFIG."
    )


def load(path: Path) -> Config:
    """Read, check and freeze. Raises ConfigError with every mistake at once."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: cannot be read: {problem}") from problem
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: not valid TOML: {problem}") from problem
    if "path" in values:
        raise ConfigError(f"{path}: path: there is no such key")
    try:
        config = Config.model_validate({**values, "path": path})
    except ValidationError as problem:
        raise ConfigError(_say(path, problem)) from None
    return _resolved(config)


def _say(path: Path, problem: ValidationError) -> str:
    lines = [f"{path}: {_where(error['loc'])}: {_what(error)}" for error in problem.errors()]
    return "\n".join(lines)


def _where(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)


def _what(error: object) -> str:
    assert isinstance(error, dict)
    if error["type"] == "extra_forbidden":
        return "there is no such key"
    if error["type"] == "missing":
        return "is missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{message} (found {error['input']!r})" if not isinstance(error["input"], dict) else message


def _resolved(config: Config) -> Config:
    """Relative paths are relative to the config file."""
    base = config.path.resolve().parent
    database = config.data.database
    if database.startswith("sqlite:///"):
        database = f"sqlite:///{base / database.removeprefix('sqlite:///')}"
    folder = base / config.data.folder
    data = config.data.model_copy(update={"folder": folder, "database": database})
    feeds = {n: f.model_copy(update={"mapping": base / f.mapping}) for n, f in config.feeds.items()}
    return config.model_copy(update={"data": data, "feeds": feeds})
