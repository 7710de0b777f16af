"""What a person reads when the database cannot be used: one sentence, whatever the driver said."""

import sqlite3

import peewee
import psycopg

from contractor_auto.store.database import StoreError

# The drivers' own too: rows are fetched without peewee's help.
PROBLEMS = (StoreError, peewee.PeeweeException, sqlite3.Error, psycopg.Error)
KNOWN = {
    "is locked": "Something else holds the database at the moment. Try again.",
    "not a database": "The file that data.database names is not a database.",
    "malformed": "The database file is damaged. Restore the last backup of it.",
    "unable to open": "The file that data.database names cannot be opened.",
    "readonly database": "This user may not write to the database file.",
    "is full": "The disk is full, so the database can keep nothing more.",
    "connection refused": "The database server cannot be reached. Is it running, and is data.database right?",
}


def sentence(problem: BaseException) -> str:
    said = str(problem)
    known = next((words for mark, words in KNOWN.items() if mark in said.lower()), "")
    return known or f"The database cannot be used: {_first_line(said)}"


def _first_line(said: str) -> str:
    return next((line.strip() for line in said.splitlines() if line.strip()), "it does not say why.")
