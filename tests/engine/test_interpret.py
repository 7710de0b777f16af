"""What came in is read once, in order, each by itself; what cannot be read is held and never lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from contractor_auto.engine import intake
from contractor_auto.engine.intake import Arrived
from contractor_auto.engine.interpret import read_again
from contractor_auto.recipe.heard import Heard
from contractor_auto.store import pauses
from contractor_auto.store.database import Database, StoreError
from contractor_auto.store.tables import Alert, Call, Event, RawEvent, Reading, Task
from tests.engine.jobs import ANN, BEN, HOUR
from tests.engine.shops import OWNER, Reader, arrives, make_interpreter, make_world
from tests.store.databases import NOON


def states() -> list[str]:
    return [reading.state for reading in Reading.select().order_by(Reading.raw_id)]


def test_everything_is_read_in_the_order_in_which_it_came(db: Database) -> None:
    reader = Reader()
    for number in range(7):
        arrives(db, f"word{number}", lane=ANN if number % 2 else BEN)

    assert make_interpreter(make_world(db), reader).read_all() == 7

    for own in ([0, 2, 4, 6], [1, 3, 5]):
        assert [word for word in reader.read_bodies if int(word[-1]) in own] == [f"word{n}" for n in own]


def test_nothing_is_read_twice(db: Database) -> None:
    reader = Reader()
    interpreter = make_interpreter(make_world(db), reader)
    arrives(db, "word")
    interpreter.read_all()

    assert interpreter.read_all() == 0
    assert reader.read_bodies == ["word"]


def test_what_means_nothing_to_us_is_kept_as_such(db: Database) -> None:
    arrives(db, "word")

    make_interpreter(make_world(db), Reader()).read_all()

    assert states() == [Reading.IGNORED]


def test_what_cannot_be_read_is_held_and_a_person_is_told(db: Database) -> None:
    def changed() -> list[Heard]:
        raise KeyError("CallSid")

    number = arrives(db, "changed", lane=ANN)
    arrives(db, "word", lane=ANN)

    make_interpreter(make_world(db), Reader(changed=changed)).read_all()

    assert states() == [Reading.HELD, Reading.IGNORED]
    assert RawEvent.get_by_id(number).body
    assert [task.kind for task in Task.select()] == ["held"]
    assert Alert.select().count() == 0


@pytest.mark.parametrize(
    ("source", "lane", "paused"),
    [
        ("test.sms", ANN, [ANN]),
        ("test.polled-message", ANN, [ANN]),
        ("test.call-status", ANN, []),
        ("test.sms", None, []),
        ("test.sms", OWNER, []),
    ],
)
def test_whoever_wrote_what_cannot_be_read_gets_nothing_automatic(
    db: Database, source: str, lane: str | None, paused: list[str]
) -> None:
    def changed() -> list[Heard]:
        raise KeyError("Body")

    intake.receive(db, Arrived(source, "/test", b"changed", lane=lane), NOON)

    make_interpreter(make_world(db), Reader(changed=changed)).read_all()

    assert states() == [Reading.HELD]
    assert [held.name for held in pauses.pauses_now(NOON)] == paused


def test_what_is_held_can_be_read_again(db: Database) -> None:
    def changed() -> list[Heard]:
        raise KeyError("CallSid")

    arrives(db, "changed")
    arrives(db, "word")
    make_interpreter(make_world(db), Reader(changed=changed)).read_all()

    again = db.write(lambda: read_again(db, NOON))
    mended = Reader()
    make_interpreter(make_world(db), mended).read_all()

    assert (again, mended.read_bodies) == (1, ["changed"])
    assert states() == [Reading.IGNORED, Reading.IGNORED]
    assert [task.state for task in Task.select()] == [Task.DONE]


def test_what_still_cannot_be_read_asks_again(db: Database) -> None:
    def changed() -> list[Heard]:
        raise KeyError("CallSid")

    arrives(db, "changed")
    interpreter = make_interpreter(make_world(db), Reader(changed=changed))
    interpreter.read_all()

    db.write(lambda: read_again(db, NOON))
    replace(interpreter, now=lambda: NOON + HOUR).read_all()

    assert states() == [Reading.HELD]
    assert [task.state for task in Task.select().order_by(Task.id)] == [Task.DONE, Task.OPEN]


def test_a_reading_that_fails_half_way_leaves_nothing_behind(db: Database) -> None:
    def half() -> list[Heard]:
        rings = Heard("call.ringing", {"call": "CA1", "from": ANN, "to": "+1"})
        return [rings, Heard("call.teleported", {})]

    arrives(db, "half")

    make_interpreter(make_world(db), Reader(half=half)).read_all()

    assert states() == [Reading.HELD]
    assert [table.select().count() for table in (Call, Event)] == [0, 0]


def test_a_database_that_is_down_holds_nothing(db: Database) -> None:
    def down() -> list[Heard]:
        raise StoreError("the disk is full")

    arrives(db, "down")
    interpreter = make_interpreter(make_world(db), Reader(down=down))

    with pytest.raises(StoreError):
        interpreter.read_all()

    assert states() == [Reading.UNREAD]


def test_two_nodes_read_each_event_once_and_each_lane_in_order(postgres_db: Database) -> None:
    readers = [Reader() for _ in range(3)]
    world = make_world(postgres_db)
    for number in range(40):
        arrives(postgres_db, f"word{number:02}", lane=f"+1{number % 3}")

    def read(reader: Reader) -> None:
        interpreter = make_interpreter(world, reader)
        while Reading.select().where(Reading.state == Reading.UNREAD).exists():
            interpreter.read_all()

    with ThreadPoolExecutor(3) as nodes:
        list(nodes.map(read, readers))

    assert set(states()) == {Reading.IGNORED}
    words = [word for reader in readers for word in reader.read_bodies]
    assert len(words) == len(set(words)) == 40
    by_time = Reading.select().order_by(Reading.read_at, Reading.raw_id)
    assert by_time.count() == 40
