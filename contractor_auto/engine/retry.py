"""What becomes of a job after an attempt. Pure: outcome in, ending out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contractor_auto.engine.job import Claimed
from contractor_auto.recipe.budgets import BUDGETS
from contractor_auto.recipe.outcomes import ActionError, Ask, Done, Failure, Outcome, Skip, Snooze

UNEXPECTED = "Something unexpected went wrong inside the program."


class Then(StrEnum):
    """What else has to happen in the same transaction."""

    NOTHING = "nothing"
    OTHERWISE = "otherwise"  # the recipe's fallback, such as a call-back task
    DEAD_LETTER = "dead_letter"  # an alert, and the fallback
    ASK = "ask"  # a person decides
    DOUBT = "doubt"  # a person finds out whether it was sent
    PARK = "park"  # the whole connector waits


@dataclass(frozen=True)
class Ending:
    """The new state of a job and the line for its run log."""

    state: str
    outcome: str
    why: str
    due_at: datetime
    order_at: datetime
    failures: int
    then: Then = Then.NOTHING
    code: int | None = None
    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None


def ending(job: Claimed, result: Outcome | Exception, now: datetime, chance: float) -> Ending:
    """Decide once; `chance` in [0, 1) is the jitter."""
    match result:
        case Done():
            return _end(
                job, "completed", "done", result.why, request=result.request, response=result.response
            )
        case Snooze():
            order_at = job.order_at if result.keep_place else result.until
            return _end(job, "scheduled", "snoozed", result.why, due_at=result.until, order_at=order_at)
        case Skip():
            then = Then.OTHERWISE if result.act else Then.NOTHING
            return _end(job, "cancelled", "skipped", result.why, then=then)
        case Ask():
            return _end(job, "parked", "asked", result.why, then=Then.ASK)
        case ActionError():
            return _failed(job, result, now, chance)
        case _:
            problem = ActionError(f"{UNEXPECTED} ({type(result).__name__})")
            return _failed(job, problem, now, chance)


def _failed(job: Claimed, problem: ActionError, now: datetime, chance: float) -> Ending:
    match problem.kind:
        case Failure.CUSTOMER | Failure.OPTED_OUT:
            return _seen(job, problem, "cancelled", then=Then.OTHERWISE)
        case Failure.MESSAGE:
            return _seen(job, problem, "discarded", then=Then.DEAD_LETTER, failures=job.failures + 1)
        case Failure.ACCOUNT | Failure.SENDER:
            return _seen(job, problem, "parked", then=Then.PARK)
        case Failure.TRANSIENT | Failure.THROTTLED | Failure.UNKNOWN:
            return _again(job, problem, now, chance)


def _again(job: Claimed, problem: ActionError, now: datetime, chance: float) -> Ending:
    failures = job.failures + 1
    wait = BUDGETS[job.budget].wait_after(failures, chance)
    if wait is not None:
        wait = max(wait, problem.retry_after or timedelta())
        return _seen(job, problem, "scheduled", due_at=now + wait, failures=failures)
    if problem.kind == Failure.UNKNOWN:
        return _seen(job, problem, "parked", then=Then.DOUBT, failures=failures)
    return _seen(job, problem, "discarded", then=Then.DEAD_LETTER, failures=failures)


def _seen(job: Claimed, problem: ActionError, state: str, **more: Any) -> Ending:
    seen = {"code": problem.code, "request": problem.request, "response": problem.response}
    return _end(job, state, problem.kind.value, str(problem), **seen, **more)


def _end(job: Claimed, state: str, outcome: str, why: str, **more: Any) -> Ending:
    kept = {"due_at": job.due_at, "order_at": job.order_at, "failures": job.failures}
    return Ending(state=state, outcome=outcome, why=why, **{**kept, **more})
