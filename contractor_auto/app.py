"""Puts the house together: every room is made here and handed what it needs."""

import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from flask import Flask

from contractor_auto.actions.registry import ACTIONS, WORDS
from contractor_auto.actions.tools import Action, TextSender, Tools
from contractor_auto.config import Config
from contractor_auto.connectors.twilio_client import TwilioTexts
from contractor_auto.connectors.twilio_lists import TwilioBooks
from contractor_auto.connectors.twilio_reader import TwilioReader
from contractor_auto.engine import account, opt_outs, queue, retention
from contractor_auto.engine.boots import Boots
from contractor_auto.engine.gates import GateSpec
from contractor_auto.engine.happen import World
from contractor_auto.engine.interpret import Interpreter
from contractor_auto.engine.job import Claimed
from contractor_auto.engine.reading import ReadingThread
from contractor_auto.engine.scheduler import DutyCall, Scheduler
from contractor_auto.engine.sweep import Sweeper
from contractor_auto.engine.worker import Do, Worker
from contractor_auto.logs import log
from contractor_auto.recipe.book import Book, read_book
from contractor_auto.recipe.hours import Hours
from contractor_auto.recipe.outcomes import Outcome
from contractor_auto.recipe.rules import Limits
from contractor_auto.recipe.shop import Contact, Shop
from contractor_auto.recipe.vocabulary import EVENTS, Vocabulary
from contractor_auto.secrets import PERSON_KEY, Secrets
from contractor_auto.store import marks
from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.pokes import Pokes
from contractor_auto.web.house import House
from contractor_auto.web.site import make_site

LOG = log("app")
Clock = Callable[[], datetime]
PATIENCE = timedelta(seconds=15)
TEXT_SLOTS, OWN_SLOTS = 8, 4


def real_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Appliance:
    """The whole house. `start` gives it life of its own; `settle` moves it by hand."""

    config: Config
    secrets: Secrets
    db: Database
    clock: Clock
    book: Book
    texts: TextSender
    interpreter: Interpreter
    worker: Worker
    scheduler: Scheduler
    sweeper: Sweeper
    boots: Boots
    site: Flask

    def __post_init__(self) -> None:
        self._reader = ReadingThread(self.interpreter.read_all, self.worker.poke)
        self._pokes = Pokes(self.db, self.poke)

    def start(self) -> None:
        self.open()
        self.hold_texts()
        self._reader.start()
        self._pokes.start()
        self.worker.start()
        self.scheduler.start()
        self.poke()

    def open(self) -> None:
        """What happens before anything else: note the start, put back what a crash left in hand."""
        now = self.clock()
        self.db.write(lambda: self.boots.begin(now))
        self.db.write(lambda: queue.rescue(self.db, now, everything=self.db.is_sqlite))

    def hold_texts(self) -> None:
        """Until the carrier was asked who said stop while we were away."""
        if self.config.twilio.account_sid:
            self.sweeper.hold()

    def sweep(self) -> None:
        """Compare with the carrier's own books, when it is time for that."""
        if self.config.twilio.account_sid and self.sweeper.take_turn() is not None:
            self.poke()

    def poke(self) -> None:
        self._reader.poke()
        self.worker.poke()

    def settle(self) -> int:
        """Read everything and do everything that is due, here and now; returns the number of attempts."""
        count = 0
        while self.interpreter.read_all() + (done := self.worker.run_due()):
            count += done
        return count

    def next_due(self) -> datetime | None:
        """When the next waiting job comes due."""
        return self.worker.next_due()

    def stop(self) -> None:
        """Take no new work, let what is in hand finish, put the rest back."""
        self.scheduler.stop()
        self._pokes.stop()
        self._reader.stop(PATIENCE)
        self.worker.stop(PATIENCE)
        try:
            self.db.write(lambda: self.boots.end(self.clock()))
        except StoreError:
            LOG.exception("the clean end could not be kept; the next start takes it for a crash")
        self.db.close()

    def leave_safe_mode(self) -> None:
        self.db.write(lambda: self.boots.leave_safe_mode(self.clock()))
        self.poke()


def build(config: Config, *, clock: Clock = real_clock, texts: TextSender | None = None) -> Appliance:
    """Make every room. Nothing runs yet; the database must be migrated before `start`."""
    secrets = Secrets(config.data.folder)
    db = _open_database(config, secrets)
    book, shop = read_recipes(config), make_shop(config)
    sender = texts or make_texts(config, secrets)
    limits = Limits(config.limits.texts_per_hour, config.limits.texts_per_day)
    tools = Tools(db, lambda: shop, lambda: book, limits, sender, clock)
    worker = Worker(
        db,
        actions={name: _bind(action, tools) for name, (action, _) in ACTIONS.items()},
        specs=gate_specs(config),
        now=clock,
        owner=uuid.uuid4().hex,
    )
    world = World(db, lambda: shop, lambda: book, WORDS)
    interpreter = Interpreter(world, {"twilio": TwilioReader()}, clock)
    boots = Boots(f"{socket.gethostname()}:{config.data.folder}")
    worker.may_claim = lambda: not boots.is_safe_mode
    sweeper = make_sweeper(config, secrets, db, clock)
    worker.is_open = lambda gate: gate != "text" or not sweeper.is_holding()
    scheduler = Scheduler(db, [], now=clock, zone=config.business.timezone)
    house = House(
        config=config,
        secrets=secrets,
        db=db,
        shop=lambda: shop,
        book=lambda: book,
        now=clock,
        poke=lambda: appliance.poke(),
        is_safe_mode=lambda: boots.is_safe_mode,
        leave_safe_mode=lambda: appliance.leave_safe_mode(),
    )
    site = make_site(house)
    appliance = Appliance(
        config, secrets, db, clock, book, sender, interpreter, worker, scheduler, sweeper, boots, site
    )
    scheduler.duties = duties(appliance)
    return appliance


def _open_database(config: Config, secrets: Secrets) -> Database:
    config.data.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    marks.use_key(secrets.make(PERSON_KEY))
    return Database(config.data.database)


def duties(appliance: Appliance) -> Sequence[DutyCall]:
    """What runs by the clock."""
    db, clock, world = appliance.db, appliance.clock, appliance.interpreter.world
    return (
        DutyCall("tick", appliance.poke, timedelta(seconds=5)),
        DutyCall("steady", lambda: db.write(lambda: appliance.boots.look(clock())), timedelta(seconds=5)),
        DutyCall("carrier account", lambda: look_at_account(appliance), timedelta(seconds=60)),
        DutyCall("sweep", appliance.sweep, timedelta(seconds=5), at_start=True),
        DutyCall("opt-outs", lambda: opt_outs.look(world, clock()), timedelta(minutes=10)),
        DutyCall("retention", lambda: retention.forget_old(db, clock()), timedelta(minutes=10), daily_at=3),
    )


def look_at_account(appliance: Appliance) -> None:
    """Let go what was parked, once sending works again."""
    ask = getattr(appliance.texts, "account", None)
    if ask is not None and account.look(appliance.db, ask, appliance.clock()):
        appliance.poke()


def _bind(action: Action, tools: Tools) -> Do:
    def do(job: Claimed) -> Outcome:
        return action(job, tools)

    return do


def gate_specs(config: Config) -> tuple[GateSpec, ...]:
    pace = config.twilio.messages_per_second
    return (GateSpec("", OWN_SLOTS), GateSpec("text", TEXT_SLOTS, per_second=pace))


def make_sweeper(config: Config, secrets: Secrets, db: Database, clock: Clock) -> Sweeper:
    books = TwilioBooks(
        account_sid=config.twilio.account_sid,
        tokens=secrets.carrier_tokens,
        number=config.twilio.number,
        api_base=config.twilio.api_base,
    )
    is_polling = config.twilio.mode == "polled"
    return Sweeper(db, books, finder=make_texts(config, secrets), now=clock, is_polling=is_polling)


def make_texts(config: Config, secrets: Secrets) -> TwilioTexts:
    # While polling nobody can reach us: a receipt is learnt by asking.
    base = config.server.public_url if config.twilio.mode != "polled" else ""
    return TwilioTexts(
        account_sid=config.twilio.account_sid,
        tokens=secrets.carrier_tokens,
        number=config.twilio.number,
        api_base=config.twilio.api_base,
        status_callback=lambda token: f"{base}/twilio/status/{token}" if base else "",
    )


def missing(config: Config) -> list[str]:
    """What has to be there before anything can be sent, in words."""
    secrets, carrier = Secrets(config.data.folder), config.carrier
    wanted = {
        "twilio.account_sid: is missing; it starts with AC, see the carrier's console": carrier.account_sid,
        "twilio.number: is missing; the number that callers reach": carrier.number,
        "secret twilio_auth_token: is missing; set it with `contractor-auto secret set twilio_auth_token`": (
            secrets.get("twilio_auth_token")
        ),
        "server.public_url: is missing; the carrier signs its messages for that address": (
            not needs_public_url(config)
        ),
    }
    return [f"{config.path}: {words}" for words, there in wanted.items() if not there]


def needs_public_url(config: Config) -> bool:
    """True when the carrier is to reach us and we were not told under which address."""
    return not config.server.public_url and config.needs_public_url()


def make_shop(config: Config) -> Shop:
    business, people = config.business, config.people
    return Shop(
        name=business.name,
        phone=business.phone,
        email=business.email,
        zone=business.timezone,
        hours=Hours.parse(business.hours, business.holidays),
        owner=Contact(people.owner.name, people.owner.phone, people.owner.email),
        backup=Contact(people.backup.name, people.backup.phone, people.backup.email),
        own_numbers=config.own_numbers(),
    )


def read_recipes(config: Config) -> Book:
    """The shipped recipes, and those in a `recipes` folder beside the config file, which win."""
    files: dict[str, str] = {}
    for folder in (shipped("recipes"), config.path.resolve().parent / "recipes"):
        if folder.is_dir():
            files |= {path.stem: _text_of(path) for path in sorted(folder.glob("*.toml"))}
    return read_book(files, Vocabulary(WORDS, EVENTS))


def _text_of(path: Path) -> str:
    """A recipe that cannot be read is a broken recipe, not a broken program."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        return f"unreadable = [ # {type(problem).__name__}"


def shipped(name: str) -> Path:
    """A file or folder that comes with the program, installed or in a clone."""
    package = Path(str(resources.files("contractor_auto")))
    packaged = package / "_shipped" / name
    return packaged if packaged.exists() else package.parent / name
