"""The emulator started with the facts of a real account."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.__main__ import arguments
from emulator.control_api import apply_settings
from emulator.facts import read_facts
from emulator.state import Options


def written(path: Path, facts: dict[str, Any]) -> Path:
    """Write diagnostics with facts as Home Assistant does."""
    path = path / "diagnostics.json"
    path.write_text(json.dumps({"data": {"facts": facts}}), encoding="utf-8")
    return path


def test_what_was_proven_otherwise_is_what_the_gateway_does(tmp_path: Path) -> None:
    facts = {
        "deletion_refunds": {"verdict": "refuted"},
        "paris_time": {"verdict": "refuted", "number": -120},
        "sent_listed": {"verdict": "proven", "number": 90},
        "sent_newest_first": {"verdict": "refuted"},
        "replies_newest_first": {"verdict": "refuted"},
        "sent_unescaped": {"verdict": "refuted"},
        "replies_unescaped": {"verdict": "proven"},
        "callbacks_utf8": {"verdict": "refuted", "word": "windows-1252"},
        "callbacks_come": {"verdict": "proven"},
        "ids_unique": {"verdict": "refuted"},
        "schedules_held": {"verdict": "proven"},
        "night_delivery": {"verdict": "refuted"},
        "key_by_post": {"verdict": "unknown"},
        "text_intact": {"verdict": "refuted"},
    }
    options = Options()
    for settings in read_facts(written(tmp_path, facts)):
        apply_settings(options, settings)
    assert (options.refund, options.zone, options.sent_list_lag) == (False, "UTC", 90)
    assert options.ascending == {"smsList.do": True, "responseList.do": True}
    assert options.escaped == {"smsList.do": True, "responseList.do": False}
    assert (options.callback_charset, options.reuse_ids, options.night) == ("cp1252", True, "holds")


@pytest.mark.parametrize("content", ["[]", "{}", '{"data": {"facts": 3}}'])
def test_a_file_without_facts_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="no facts"):
        read_facts(path)


def test_settings_can_be_given_on_the_command_line() -> None:
    options = arguments(["--set", "zone=UTC", "--set", "refund=false"])
    assert options.set == [{"zone": "UTC"}, {"refund": False}]
    with pytest.raises(SystemExit):
        arguments(["--set", "refund"])
    with pytest.raises(KeyError):
        apply_settings(Options(), {"weather": "fine"})
