"""Facts of a real account, from the diagnostics or the report that its owner gave on, as settings of the gateway.

A maintainer starts the emulator with them, and has a gateway that does what that of the account does.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

type Settings = dict[str, Any]
type Fact = Mapping[str, Any]

PARIS_ZONES = {0: "Europe/Paris", -60: "UTC", -120: "UTC", 60: "Europe/Athens"}


def _is_refuted(fact: Fact) -> bool:
    return fact.get("verdict") == "refuted"


def _zone(fact: Fact) -> Settings:
    return {"zone": PARIS_ZONES.get(int(fact.get("number", 0)), "Europe/Paris")}


def _lag(fact: Fact) -> Settings:
    # A list that never shows a message lags for a day.
    return {"sent_list_lag": 86_400 if _is_refuted(fact) else float(fact.get("number", 0))}


def _night(fact: Fact) -> Settings:
    return {"night": "holds" if _is_refuted(fact) else "sends"}


READERS: Mapping[str, Callable[[Fact], Settings]] = {
    "deletion_refunds": lambda fact: {"refund": not _is_refuted(fact)},
    "paris_time": _zone,
    "sent_listed": _lag,
    "sent_newest_first": lambda fact: {"ascending": {"smsList.do": _is_refuted(fact)}},
    "replies_newest_first": lambda fact: {"ascending": {"responseList.do": _is_refuted(fact)}},
    "sent_unescaped": lambda fact: {"escaped": {"smsList.do": _is_refuted(fact)}},
    "replies_unescaped": lambda fact: {"escaped": {"responseList.do": _is_refuted(fact)}},
    "callbacks_utf8": lambda fact: {"callback_charset": fact.get("word", "utf-8")},
    "callbacks_come": lambda fact: {"callbacks": "never" if _is_refuted(fact) else "now"},
    "ids_unique": lambda fact: {"reuse_ids": _is_refuted(fact)},
    "schedules_held": lambda fact: {"past_dates": "sent" if _is_refuted(fact) else "refused"},
    "night_delivery": _night,
    "key_by_post": lambda fact: {"key_by_post": not _is_refuted(fact)},
}


def read_facts(path: Path) -> list[Settings]:
    """Return the settings for the facts that a file of diagnostics, or a report, knows; ValueError if it holds none.

    What is unknown stays as it is guessed.
    """
    text = path.read_text(encoding="utf-8")
    _, in_report, data = text.partition("```json\n")
    document = json.loads(data.partition("\n```")[0] if in_report else text)
    facts = document.get("data", document).get("facts") if isinstance(document, dict) else None
    if not isinstance(facts, dict):
        raise ValueError(f"{path}: no facts of an account")  # noqa: TRY004 - of a file, not of an argument
    return [READERS[name](fact) for name, fact in facts.items() if name in READERS and fact["verdict"] != "unknown"]
