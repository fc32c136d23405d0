"""Diagnostics of a config entry for bug reports: shapes and counts; no key, number, name or text.

Nothing is copied as it is: each line names one field, so that what is added elsewhere is not in it by accident.
"""

from collections import Counter
from dataclasses import asdict
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .api import DEFAULT_BASE_URL, SmsmodeGatewayError
from .check.report import async_report_page, facts_as_data, record_as_data
from .config.alert_plans import AlertPlan
from .config.options import read_settings
from .const import CONF_BASE_URL, CONF_FALLBACK, CONF_QUICK_REPLIES, CONF_SENDER, CONF_STEPS
from .coordinator import SmsmodeCoordinator
from .receiving.callback_url import async_callback_address
from .runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from .state.alerts import Alert
from .state.message_log import MessageLog
from .state.outbox import OutboxItem
from .state.questions import Question
from .state.store import async_file_sizes
from .state.watchdog import WatchdogState


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> dict[str, Any]:
    """Return the diagnostics of an account; of one that is not loaded, without the runtime data."""
    diagnostics = {
        "entry": _entry(hass, entry),
        "file_bytes": await async_file_sizes(hass, entry.entry_id),
        **await _async_settings(hass, entry),
    }
    if entry.state is ConfigEntryState.LOADED:
        diagnostics |= _runtime(entry.runtime_data)
        page = await async_report_page(hass, entry.runtime_data.store.state.facts)
        diagnostics["report"] = page.splitlines()
    return diagnostics


def _entry(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> dict[str, Any]:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {
        "source": entry.source,
        "version": f"{entry.version}.{entry.minor_version}",
        "state": entry.state.value,
        "error": entry.error_reason_translation_key,
        "disabled_by": entry.disabled_by,
        "own_gateway": entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL) != DEFAULT_BASE_URL,
        "subentries": dict(Counter(subentry.subentry_type for subentry in entry.subentries.values())),
        "entities": len(entities),
        "entities_disabled": sum(entity.disabled for entity in entities),
    }


async def _async_settings(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> dict[str, Any]:
    """Return the options with their defaults, and the route of callbacks."""
    try:
        settings = asdict(read_settings(hass, entry))
    except (TypeError, ValueError) as err:
        return {"settings": type(err).__name__}
    settings["own_sender"] = settings.pop(CONF_SENDER) is not None
    settings["quick_replies"] = len(settings[CONF_QUICK_REPLIES])
    settings["has_fallback"] = settings.pop(CONF_FALLBACK) is not None
    return {"settings": settings, "callback_route": (await async_callback_address(hass, entry)).route}


def _runtime(account: SmsmodeRuntimeData) -> dict[str, Any]:
    state, callbacks = account.store.state, account.callbacks.monitor
    return {
        "recipients": {
            "numbers": sum(recipient.number is not None for recipient in account.recipients.all),
            "groups": sum(recipient.group is not None for recipient in account.recipients.all),
            "persons": sum(recipient.person is not None for recipient in account.recipients.all),
            "quiet_schedules": sum(recipient.quiet_schedule is not None for recipient in account.recipients.all),
            "members_of_own_groups": [len(group.members) for group in account.recipients.groups],
        },
        "gateway_reachable": account.client.is_reachable,
        "poll": _poll(account.coordinator),
        "facts": facts_as_data(state.facts),
        "check": record_as_data(state.check),
        # Of each answer letters became x, and digits 9.
        "shapes": account.client.shapes,
        "listening": account.processor.is_listening,
        "callbacks": {"heard_at": callbacks.heard_at, "missed": callbacks.missed},
        "outbox": [_outbox_item(item) for item in state.outbox.items.values()],
        "message_log": _message_log(state.message_log),
        "scheduled": len(state.schedule.items),
        "kept_texts": len(state.text_archive.entries),
        "questions": [_question(question) for question in state.questions.all.values()],
        "alerts": [_alert(alert) for alert in state.alerts.running],
        "alert_plans": [_plan(account, plan) for plan in account.alert_plans.plans.values()],
        "pauses": [{"until": pause.until} for pause in state.pauses.values()],
        "watchdogs": [_watchdog(watchdog) for watchdog in state.watchdogs.values()],
        "unreadable_records": account.store.unreadable_records,
        "spent_today": dict(state.budget.spent_today),
        "budget_day": state.budget.day and state.budget.day.isoformat(),
    }


def _poll(coordinator: SmsmodeCoordinator) -> dict[str, Any]:
    error = coordinator.last_exception
    cause = error.__cause__ or error if error else None
    balance = coordinator.data
    return {
        "successful": coordinator.last_update_success,
        # Not in the words of the gateway, which may be about anybody.
        "error": type(cause).__name__ if cause else None,
        "error_code": cause.code if isinstance(cause, SmsmodeGatewayError) else None,
        "every_seconds": coordinator.update_interval and coordinator.update_interval.total_seconds(),
        "is_behind": coordinator.reports.is_behind,
        "balance": None if balance is None else "negative" if balance < 0 else "positive" if balance else "zero",
    }


def _outbox_item(item: OutboxItem) -> dict[str, Any]:
    return {
        "kind": type(item.request).__name__,
        "phase": item.phase,
        "is_urgent": item.is_urgent,
        "targets": len(item.targets),
        "segments": item.expense.segments,
        "may_retry": item.may_retry,
        "attempts": item.attempts,
        "lookup_count": item.lookup_count,
        "failed_lookups": item.failed_lookups,
        "created_at": item.expense.at,
        "attempted_at": item.attempted_at,
        "due": item.due,
        "expires_at": item.expires_at,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "targets": len(question.targets),
        "answers": len(question.answers),
        "deadline": question.deadline,
        "was_asked_again": question.asked_again is not None,
        "is_answered": question.answered_by is not None,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "phase": alert.phase,
        "step": f"{alert.position + 1}/{len(alert.steps) * alert.rounds}",
        "how": alert.step.channel,
        "targets": len(alert.targets),
        "unreachable": len(alert.unreachable),
        "started_at": alert.started_at,
        "due": alert.due,
    }


def _plan(account: SmsmodeRuntimeData, plan: AlertPlan) -> dict[str, Any]:
    end = account.alert_plans.end(plan.subentry_id)
    return {
        "steps": len(plan.fields[CONF_STEPS]),
        "has_over_when": plan.over_when is not None,
        "is_running": account.alert_plans.running(plan.subentry_id) is not None,
        "end": end and end.phase,
    }


def _watchdog(watchdog: WatchdogState) -> dict[str, Any]:
    return {
        "armed": watchdog.armed,
        "has_armed_message": watchdog.armed_message is not None,
        "to_delete": len(watchdog.to_delete),
        "renewed_at": watchdog.renewed_at,
        "renew_at": watchdog.renew_at,
        "failed_renewals": watchdog.failed_renewals,
        "failed_deletions": watchdog.failed_deletions,
        "alarms": watchdog.alarms,
    }


def _message_log(message_log: MessageLog) -> dict[str, Any]:
    latest = [
        codes[-1] if codes else None for message in message_log.messages.values() for codes in message.codes.values()
    ]
    awaited = [message.sent_at for message in message_log.messages.values() if message.pending_count]
    return {
        "messages": len(message_log.messages),
        "pending": message_log.pending,
        "pending_since": min(awaited, default=None),
        "codes": dict(Counter(str(code) for code in latest)),
        "early_reports": len(message_log.early_reports),
        "replies_heard": len(message_log.reply_history.ids),
        "replies_unconfirmed": len(message_log.reply_history.unconfirmed),
        "replies_since": message_log.reply_history.cutoff,
        "replies_read_at": message_log.reply_history.read_at,
        "segments_sent": message_log.segments_sent,
    }
