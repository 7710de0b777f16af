"""Conditions for jobs that are not over, in the words that make a database use its small indexes.

A partial index is only used for literals, and on SQLite only where its own condition is repeated and
its first column is named; otherwise a hundred thousand finished jobs are read to find three. What is
scheduled is either first in its lane or behind another job.
"""

DEAD = "state IN ('parked', 'discarded')"
FIRST = "state = 'scheduled' AND behind IS NULL AND gate >= ''"
BEHIND = "state = 'scheduled' AND behind IS NOT NULL AND lane IS NOT NULL"
EXECUTING = "state = 'executing'"
PARKED = f"{DEAD} AND state = 'parked'"
DISCARDED = f"{DEAD} AND state = 'discarded'"


def ids(*conditions: str) -> str:
    """The ids of the jobs that meet one of these, as a subquery."""
    return "(" + " UNION ALL ".join(f"SELECT id FROM job WHERE {each}" for each in conditions) + ")"
