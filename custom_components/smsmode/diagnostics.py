"""What a bug report needs, by shape and count; no key, number, name or text."""

from collections import Counter
from typing import Any

from homeassistant.core import HomeAssistant

from .account import SmsmodeConfigEntry
from .api import DEFAULT_BASE_URL, SmsmodeError
from .callback_url import async_callback_url
from .const import CONF_BASE_URL, CONF_SENDER
from .ledger import Ledger
from .outbox import OutboxItem


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> dict[str, Any]:
    """Describe the state of an account."""
    account = entry.runtime_data
    poll = account.coordinator
    return {
        "source": entry.source,
        "own_gateway": entry.data[CONF_BASE_URL] != DEFAULT_BASE_URL,
        "options": {name: value for name, value in entry.options.items() if name != CONF_SENDER},
        "own_sender": account.settings.sender is not None,
        "recipients": {
            "numbers": sum(recipient.number is not None for recipient in account.recipients.all),
            "groups": sum(recipient.group is not None for recipient in account.recipients.all),
        },
        "callbacks_in_use": await async_callback_url(hass, entry) is not None,
        "poll": {
            "successful": poll.last_update_success,
            "error": _error(poll.last_exception and poll.last_exception.__cause__),
            "every_seconds": poll.update_interval and poll.update_interval.seconds,
        },
        "outbox": [_item(item) for item in account.storage.outbox.items.values()],
        "ledger": _ledger(account.storage.ledger),
        "budget": {
            "spent_today": dict(account.storage.budget.spent_today),
            "urgent_daily_limit": account.storage.budget.urgent_daily_limit,
            "daily_limit": account.storage.budget.daily_limit,
            "recipient_hourly_limit": account.storage.budget.recipient_limit,
        },
    }


def _error(err: BaseException | None) -> str:
    """Quote an error of ours, which keeps secrets; of any other only the name."""
    return repr(err) if isinstance(err, SmsmodeError) else type(err).__name__


def _item(item: OutboxItem) -> dict[str, Any]:
    return {
        "kind": type(item.request).__name__,
        "phase": item.phase,
        "attempts": item.attempts,
        "created_at": item.expense.at.isoformat(),
        "due": item.due.isoformat(),
        "expires_at": item.expires_at.isoformat(),
    }


def _ledger(ledger: Ledger) -> dict[str, Any]:
    codes = Counter(str(codes[-1:]) for message in ledger.messages.values() for codes in message.codes.values())
    return {
        "messages": len(ledger.messages),
        "pending": ledger.pending,
        "statuses": dict(codes),
        "replies_heard": len(ledger.heard.ids),
        "segments_sent": ledger.segments_sent,
    }
