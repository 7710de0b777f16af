"""A demo's folder is its own: new at every start, held while it runs, never somebody else's."""

import tempfile
from contextlib import ExitStack

import pytest

from contractor_auto import config as configuration
from contractor_auto.rehearsal.demo_appliance import environment
from contractor_auto.rehearsal.demo_folder import Account, Addresses, DemoError, take_folder
from contractor_auto.rehearsal.demo_people import HOME_ZONE, OWNER, zone_here

HERE = Addresses(8001, "http://127.0.0.1:8002")


@pytest.fixture
def take():
    """Take a folder and let go of it when the test is over."""
    with ExitStack() as held:

        def taken(*wanted):
            folder = take_folder(*wanted)
            held.callback(folder.release)
            return folder

        yield taken


@pytest.fixture
def furnished(take, tmp_path):
    folder = take(None, tmp_path / "demo")
    folder.furnish(Account.new(), HERE, zone="Europe/Berlin", ring_first=False)
    return folder


@pytest.mark.parametrize(("ring_first", "mode"), [(False, "forwarded"), (True, "ring_first")])
def test_the_config_it_writes_is_a_good_one(take, tmp_path, ring_first, mode):
    folder = take(None, tmp_path / "demo")
    folder.furnish(Account.new(), HERE, zone="Europe/Berlin", ring_first=ring_first)
    config = configuration.load(folder.config)

    assert (config.twilio.mode, config.twilio.ring) == (mode, [OWNER.number])
    assert (config.server.port, config.twilio.api_base) == (8001, "http://127.0.0.1:8002")
    assert config.business.timezone == "Europe/Berlin"
    assert config.is_pretend()


def test_every_demo_has_its_own_account_and_keeps_its_token_private(furnished):
    token = furnished.path / "data" / "secrets" / "twilio_auth_token"

    assert Account.new() != Account.new()
    assert token.stat().st_mode & 0o077 == 0


def test_the_next_demo_empties_the_folder_and_keeps_what_is_not_its_own(furnished, take, tmp_path):
    (furnished.path / "data" / "contractor.db").write_text("calls of yesterday")
    (furnished.path / "my-notes.txt").write_text("nice program")
    furnished.release()

    again = take(None, tmp_path / "demo")

    assert {path.name for path in again.path.iterdir()} == {".demo", "my-notes.txt"}


def test_a_second_demo_takes_the_folder_next_door(take, tmp_path):
    first = take(None, tmp_path / "demo")
    second = take(None, tmp_path / "demo")

    assert (first.path.name, second.path.name) == ("demo", "demo-2")


def test_a_folder_that_was_asked_for_and_is_in_use_is_refused(take, tmp_path):
    held = take(tmp_path / "demo", tmp_path)

    with pytest.raises(DemoError, match="Another demo is using"):
        take(held.path, tmp_path)


def test_a_folder_of_somebody_else_is_refused(take, tmp_path):
    (tmp_path / "letters.txt").write_text("mine")

    with pytest.raises(DemoError, match="holds something else"):
        take(tmp_path, tmp_path)
    assert (tmp_path / "letters.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_refused_in_words(take, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DemoError, match="cannot be used"):
        take(tmp_path / "file" / "demo", tmp_path)


def test_where_nothing_can_be_written_a_temporary_folder_does(take, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    assert take(None, tmp_path / "file" / "demo").path.is_relative_to(tmp_path)


def test_the_code_for_the_first_sign_in_is_shown_once_there_is_one(furnished):
    before = furnished.first_boot_code()
    (furnished.path / "data" / "secrets" / "first_boot_code").write_text("ABCD-EFGH\n")

    assert (before, furnished.first_boot_code()) == ("", "ABCD-EFGH")


def test_nothing_that_a_real_shop_set_reaches_the_demo():
    real = {"CONTRACTOR_AUTO_TWILIO_AUTH_TOKEN": "real", "CONTRACTOR_AUTO_CONFIG": "/etc/x", "PATH": "/bin"}

    assert set(environment(real)) == {"PATH", "NO_PROXY", "no_proxy"}


@pytest.mark.parametrize(
    ("target", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), ("Etc/UTC", HOME_ZONE), ("UTC", HOME_ZONE), ("No/Where", HOME_ZONE)],
)
def test_the_shop_lives_where_the_visitor_is(tmp_path, target, zone):
    place = tmp_path / "zoneinfo" / target
    place.parent.mkdir(parents=True)
    place.touch()
    (tmp_path / "localtime").symlink_to(place)

    assert zone_here(tmp_path / "localtime") == zone
