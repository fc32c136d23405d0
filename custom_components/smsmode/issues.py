"""The repair issues: which there are, raised and taken back by the name of the account they are about."""

from enum import StrEnum
from typing import NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .budget import Cap
from .const import DOMAIN


class Problem(StrEnum):
    """What can be wrong with an account; the value names the explanation."""

    DAILY_LIMIT_REACHED = Cap.DAILY.value
    URGENT_DAILY_LIMIT_REACHED = Cap.URGENT_DAILY.value
    RECIPIENT_LIMIT_REACHED = Cap.RECIPIENT.value
    LOW_BALANCE = "low_balance"
    MESSAGE_GIVEN_UP = "message_given_up"
    MESSAGES_WAITING = "messages_waiting"
    MISSING_IN_YAML = "missing_in_yaml"
    STATE_UNREADABLE = "state_unreadable"
    STATE_UNWRITABLE = "state_unwritable"


class _Manner(NamedTuple):
    """How a problem is shown; what a person closes stays over a restart."""

    severity: ir.IssueSeverity
    is_closed_by_person: bool = False


_MANNERS = {
    Problem.DAILY_LIMIT_REACHED: _Manner(ir.IssueSeverity.ERROR),
    Problem.URGENT_DAILY_LIMIT_REACHED: _Manner(ir.IssueSeverity.ERROR),
    Problem.RECIPIENT_LIMIT_REACHED: _Manner(ir.IssueSeverity.ERROR),
    Problem.LOW_BALANCE: _Manner(ir.IssueSeverity.WARNING),
    Problem.MESSAGE_GIVEN_UP: _Manner(ir.IssueSeverity.ERROR, is_closed_by_person=True),
    Problem.MESSAGES_WAITING: _Manner(ir.IssueSeverity.WARNING),
    Problem.MISSING_IN_YAML: _Manner(ir.IssueSeverity.WARNING),
    Problem.STATE_UNREADABLE: _Manner(ir.IssueSeverity.ERROR, is_closed_by_person=True),
    Problem.STATE_UNWRITABLE: _Manner(ir.IssueSeverity.CRITICAL),
}


@callback
def async_raise_issue(hass: HomeAssistant, entry: ConfigEntry, problem: Problem, **placeholders: str) -> None:
    """Show a problem of an account, or show it with what is true now."""
    manner = _MANNERS[problem]
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, problem),
        is_fixable=manner.is_closed_by_person,
        is_persistent=manner.is_closed_by_person,
        severity=manner.severity,
        translation_key=problem,
        translation_placeholders={"account": entry.title, **placeholders},
    )


@callback
def async_clear_issue(hass: HomeAssistant, entry: ConfigEntry, problem: Problem) -> None:
    """Take a problem back, if it was shown."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, problem))


@callback
def async_clear_all_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all that was ever said of an account."""
    for problem in Problem:
        async_clear_issue(hass, entry, problem)


def _issue_id(entry: ConfigEntry, problem: Problem) -> str:
    return f"{problem}_{entry.entry_id}"
