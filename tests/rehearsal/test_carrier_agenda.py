"""What the pretend carrier plans is played in order, at its time, whatever goes wrong on the way."""

import logging
from datetime import timedelta
from functools import partial

import pytest

from contractor_auto.rehearsal.carrier_agenda import Agenda

MINUTE = timedelta(minutes=1)


@pytest.fixture
def played():
    return []


def test_steps_are_played_when_due_and_not_before(clock, played):
    agenda = Agenda(clock)
    agenda.after(2 * MINUTE, lambda: played.append("later"))
    agenda.after(MINUTE, lambda: played.append("sooner"))
    clock.now += MINUTE

    assert agenda.play_due() == 1
    assert played == ["sooner"]
    assert agenda.next_due_at() == clock.now + MINUTE


def test_steps_of_the_same_moment_keep_their_order(clock, played):
    agenda = Agenda(clock)
    for number in range(5):
        agenda.after(MINUTE, partial(played.append, number))
    clock.now += MINUTE
    agenda.play_due()

    assert played == [0, 1, 2, 3, 4]


def test_a_script_takes_all_its_waits(clock, played):
    def script():
        played.append("rings")
        yield MINUTE
        played.append("ends")

    agenda = Agenda(clock)
    agenda.play(script())
    agenda.play_due()
    ringing = list(played)
    clock.now += MINUTE
    agenda.play_due()

    assert (ringing, played) == (["rings"], ["rings", "ends"])


def test_without_pace_a_script_is_over_at_once_but_an_outage_is_not(clock, played):
    agenda = Agenda(clock, pace=0)
    agenda.after(MINUTE, lambda: played.append("call"))
    agenda.after(MINUTE, lambda: played.append("outage over"), paced=False)
    agenda.play_due()

    assert played == ["call"]


def test_a_broken_step_is_logged_and_silences_no_other(clock, played, caplog):
    agenda = Agenda(clock)
    agenda.after(MINUTE, lambda: played[0])
    agenda.after(MINUTE, lambda: played.append("after"))
    clock.now += MINUTE
    with caplog.at_level(logging.ERROR):
        agenda.play_due()

    assert played == ["after"]
    assert "IndexError" in caplog.text
