"""Applies what the carrier says became of a message: forward only, early, late, twice or out of order."""

from datetime import datetime

from contractor_auto.engine import fallout
from contractor_auto.engine.happen import World
from contractor_auto.recipe.heard import Heard
from contractor_auto.recipe.outcomes import ActionError, Failure
from contractor_auto.store import customers, gates, messages, runs, tasks
from contractor_auto.store.tables import Message


def hear(world: World, heard: Heard, bad: ActionError | None, now: datetime) -> None:
    """Call it inside a transaction."""
    told = heard.fields
    message = _find(told["token"], told["message"])
    if message is None:
        return
    if told["message"]:
        # The callback may be faster than the answer to our request, or be all that is left of it.
        messages.accepted(message.id, provider_id=told["message"], status="accepted", now=now)
    why = str(bad) if bad else ""
    if messages.advance(message.id, status=told["status"], now=now, code=told["error_code"], why=why) and bad:
        _did_not_arrive(world, message, bad, now)


def _find(token: str, provider_id: str) -> Message | None:
    found = messages.by_token(token) if token else None
    return found or (messages.by_provider_id(provider_id) if provider_id else None)


def _did_not_arrive(world: World, message: Message, bad: ActionError, now: datetime) -> None:
    match bad.kind:
        case Failure.CUSTOMER:
            customers.cannot_text(message.customer, str(bad), now)
        case Failure.OPTED_OUT:
            customers.opt_out(message.customer, source="carrier", why=str(bad), at=now)
        case Failure.ACCOUNT | Failure.SENDER:
            gates.park("text", kind=bad.kind, why=str(bad), now=now)
        case Failure.MESSAGE:
            tasks.open_task(
                now,
                key=f"delivery-bad:{message.id}",
                kind="delivery-bad",
                title="A text was not delivered",
                why=str(bad),
                customer=message.customer if message.purpose != "owner" else None,
                run_id=message.run_id,
            )
        case _:
            pass
    if message.job_id is not None:
        fallout.otherwise(world.db, message.job_id, message.run_id, str(bad), now)
    if message.run_id is not None:
        runs.fail_run(message.run_id, f"Not delivered: {bad!s}", now)
