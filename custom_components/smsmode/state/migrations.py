"""Schema migrations of the database of an account: each step makes of one version the next.

All steps that a file needs run in one transaction, with its new version: after a failed step, or a crash, the file is
what it was. A value that cannot be read stays as it is; whoever loads it sets it aside.
"""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import json_loads

VERSION: Final = 2

type Json = dict[str, Any]

# What reading may raise of a value that is not what it should be.
_UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError)


def migrate(cursor: sqlite3.Cursor, version: int) -> None:
    """Migrate a file of an older version, within a transaction of the caller."""
    for step in range(version, VERSION):
        MIGRATIONS[step](cursor)


def _to_version_2(cursor: sqlite3.Cursor) -> None:
    """Name everything as the code does, give each fact a record, and what cannot be read a table of its own."""
    cursor.execute("ALTER TABLE record RENAME COLUMN shelf TO collection")
    cursor.execute("ALTER TABLE record RENAME COLUMN part TO field")
    cursor.execute(UNREADABLE_TABLE)
    for row, shelf, part, value in cursor.execute("SELECT id, collection, field, value FROM record").fetchall():
        if shelf in _CHANGES_TO_2:
            with suppress(*_UNREADABLE):
                data: Any = json_loads(value)
                changed = json_bytes(_CHANGES_TO_2[shelf](part, data))
                cursor.execute("UPDATE record SET value = ? WHERE id = ?", (changed, row))
    cursor.execute("UPDATE record SET field = 'request' WHERE collection = 'outbox' AND field = 'draft'")
    _split_facts(cursor)
    for shelf, collection in _COLLECTIONS_OF_2.items():
        cursor.execute("UPDATE record SET collection = ? WHERE collection = ?", (collection, shelf))


def _split_facts(cursor: sqlite3.Cursor) -> None:
    insert = "INSERT INTO record (collection, key, field, value) VALUES ('facts', ?, '', ?)"
    for row, value in cursor.execute("SELECT id, value FROM record WHERE collection = 'facts'").fetchall():
        with suppress(*_UNREADABLE):
            data: Any = json_loads(value)
            facts = [(key, json_bytes(fact)) for key, fact in _facts_of_2(data).items() if fact is not None]
            cursor.executemany(insert, facts)
            cursor.execute("DELETE FROM record WHERE id = ?", (row,))


def _facts_of_2(facts: Json) -> Json:
    spending = [[_pool(purse), spent] for purse, spent in facts["spent_today"].items()]
    return {
        "reply_cutoff": facts["horizon"],
        "replies_read_at": facts["read_at"],
        "last_reply": facts["last_reply"],
        "last_status": facts["last_status"],
        "segments_sent": facts["segments_sent"],
        "spending_day": facts["day"] and {"day": facts["day"], "spent": spending},
    }


def _renamed(record: Json, names: Mapping[str, str]) -> Json:
    return {names.get(name, name): value for name, value in record.items()}


def _pool(purse: str) -> str:
    return "provisional" if purse == "held" else purse


def _expense(_part: str, expense: Json) -> Json:
    return _renamed(expense, {"purse": "pool"}) | {"pool": _pool(expense["purse"])}


def _outbox_item(part: str, data: Json) -> Json:
    if part == "draft":
        kinds = {"MessageRequest": "sms", "VoiceRequest": "voice", "BatchRequest": "batch"}
        return data | {"kind": kinds[data["kind"]], "expense": _expense("", data["expense"])}
    phases = {"leaving": "sending", "doubtful": "uncertain"}
    names = {"again": "may_retry", "looks": "lookup_count", "blind": "failed_lookups"}
    return _renamed(data, names) | {"phase": phases.get(data["phase"], data["phase"])}


def _question(_part: str, question: Json) -> Json:
    return _renamed(question, {"again_to": "asked_again", "news": "pending_notice"})


def _alert(_part: str, alert: Json) -> Json:
    names = {"listened": "acknowledge_on_listened", "news": "pending_notice", "news_to": "notice_targets"}
    timeouts = {"delivery": "delivery_timeout", "answer": "answer_timeout"}
    return _renamed(alert, names) | {"steps": [_renamed(step, timeouts) for step in alert["steps"]]}


def _scheduled(_part: str, scheduled: Json) -> Json:
    return _renamed(scheduled, {"leaves_at": "send_at"})


def _commander(_part: str, commander: Json) -> Json:
    names = {
        "handled": "handled_at",
        "wrong": "wrong_pins_at",
        "answered": "answered_digest",
        "answers": "answer_ids",
    }
    return _renamed(commander, names)


def _watchdog(_part: str, watchdog: Json) -> Json:
    names = {
        "alive": "armed_message",
        "leaving": "pending_send_at",
        "doomed": "to_delete",
        "pushed_at": "renewed_at",
        "push_at": "renew_at",
        "clean_at": "delete_at",
        "failed_pushes": "failed_renewals",
        "segments": "segments_sent",
        "unpaid": "unrefunded",
    }
    armed = watchdog["alive"] and _scheduled("", watchdog["alive"])
    return _renamed(watchdog, names) | {
        "armed_message": armed,
        "to_delete": [_scheduled("", held) for held in watchdog["doomed"]],
    }


_CHANGES_TO_2: Mapping[str, Callable[[str, Json], Json]] = {
    "outbox": _outbox_item,
    "expense": _expense,
    "question": _question,
    "alert": _alert,
    "scheduled": _scheduled,
    "command": _commander,
    "watchdog": _watchdog,
}
_COLLECTIONS_OF_2 = {
    "status": "last_status",
    "command": "commander",
    "ids": "reply_id",
    "contents": "reply_content",
    "nameless": "reply_without_id",
    "unlisted": "reply_unconfirmed",
    "facts": "fact",
}
MIGRATIONS: Mapping[int, Callable[[sqlite3.Cursor], None]] = {1: _to_version_2}
UNREADABLE_TABLE: Final = """
CREATE TABLE unreadable (
    id INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    value BLOB NOT NULL
)
"""
