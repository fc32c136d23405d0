"""Actions of alerts: start one or preview its cost, acknowledge it, cancel it, resolve it."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..config.options import AccountOptions
from ..config.recipients import Failure
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN
from ..conversations.alert_manager import AlertManager
from ..conversations.alert_messages import sms_options, voice_options
from ..conversations.answers import READY
from ..conversations.left_out import async_tell_left_out, left_out
from ..conversations.reply_targets import (
    NO_RECIPIENTS,
    ensure_readable_text,
    find_reply_targets,
    nobody_left,
    read_answers,
)
from ..errors import translate_errors, validation_error
from ..helpers.origins import find_origin
from ..helpers.sms_texts import ALERT_TAKEN, localized
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData, async_get_loaded_entry
from ..sending.composer import MessageSendOptions, compose_message, compose_voice, cost_of
from ..state.alerts import MAX_ALERTS, ActiveAlerts, Alert, AlertStep, Channel
from ..state.questions import Answer

# In segments and calls, whatever happens.
MAX_COST = 200


async def async_alert(call: ServiceCall) -> ServiceResponse:
    """Start an alert, which goes on step by step until somebody acknowledges it.

    Whoever cannot be written to is left out, and named.
    """
    if call.data.get("preview", False):
        return await async_preview_alert(call)
    entry = await _async_entry(call)
    alerting, name = entry.runtime_data.alerts, call.data.get("alert_id")
    await alerting.turns.async_take()
    if not alerting.alerts.has_room_for(name):
        # Before anything is composed: of a thousand alerts in one instant most are refused.
        raise validation_error("too_many_alerts", limit=str(MAX_ALERTS))
    origin = find_origin(call.hass, call.context)
    alert, failures, cost = _compose(call, entry.runtime_data, origin)
    async_tell_left_out(call.hass, entry, failures, name=name, origin=origin)
    if (running := alerting.alerts.get(alert.alert_id)) is not None:
        # One that cannot leave is no reason to say that all is well.
        await alerting.async_retry(running)
        return {"alert_id": alert.alert_id, "started": False, **cost}
    await alerting.async_begin(alert)
    return {"alert_id": alert.alert_id, "started": True, **cost}


async def async_preview_alert(call: ServiceCall) -> ServiceResponse:
    """Return what an alert costs at least and at most, and send nothing."""
    account = (await _async_entry(call)).runtime_data
    await account.alerts.turns.async_take()
    *_, cost = _compose(call, account, None)
    return cost


async def async_acknowledge(call: ServiceCall) -> ServiceResponse:
    """Acknowledge an alert: no further step is sent, and everybody who got one is told."""
    alerting, alert = await _async_find(call, ActiveAlerts.get)
    by = call.data.get("by")
    recipient = None if by else alerting.recipients.find_by_user(call.context.user_id)
    if recipient is not None:
        alerting.async_acknowledge(alert, recipient.number, recipient.name)
    else:
        alerting.async_acknowledge(alert, None, by or call.hass.config.location_name)
    return {"alert_id": alert.alert_id}


async def async_cancel_alert(call: ServiceCall) -> ServiceResponse:
    """Cancel an alert; nobody is told."""
    alerting, alert = await _async_find(call, ActiveAlerts.get)
    alerting.async_cancel(alert)
    return {"alert_id": alert.alert_id}


async def async_resolve_alert(call: ServiceCall) -> ServiceResponse:
    """End an alert whose cause is over, and send the all-clear to everybody who was alarmed."""
    alerting, alert = await _async_find(call, ActiveAlerts.find_unresolved)
    alerting.async_resolve(alert, call.data.get("all_clear"))
    return {"alert_id": alert.alert_id, "recipients": list(map(alerting.notifier.name_of, alert.notice_targets))}


async def _async_find(
    call: ServiceCall, look: Callable[[ActiveAlerts, str], Alert | None]
) -> tuple[AlertManager, Alert]:
    """Return an alert by its id, and its manager. Raises a translated error if there is none."""
    alert_id = call.data["alert_id"]
    loaded: list[SmsmodeConfigEntry] = call.hass.config_entries.async_loaded_entries(DOMAIN)
    having = [entry.entry_id for entry in loaded if look(entry.runtime_data.alerts.alerts, alert_id) is not None]
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID) or (having[0] if len(having) == 1 else None)
    alerting = (await async_get_loaded_entry(call.hass, entry_id)).runtime_data.alerts
    if (alert := look(alerting.alerts, alert_id)) is None:
        raise validation_error("alert_unknown", alert_id=alert_id)
    return alerting, alert


async def _async_entry(call: ServiceCall) -> SmsmodeConfigEntry:
    targets = [target for step in call.data["steps"] for target in step["target"]]
    return await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID), targets)


def _compose(
    call: ServiceCall, account: SmsmodeRuntimeData, origin: str | None
) -> tuple[Alert, tuple[Failure, ...], dict[str, Any]]:
    """Return the alert, whoever is left out of it, and its cost as the response tells it."""
    steps, failures = _find_steps(account, call.data)
    alert = _alert(call.hass, steps, call.data, origin)
    return alert, failures, {**_cost(call.hass, account, alert), **left_out(failures)}


def _alert(hass: HomeAssistant, steps: tuple[AlertStep, ...], fields: Mapping[str, Any], origin: str | None) -> Alert:
    """Return the alert. Raises a translated error before anything is spent."""
    answers = tuple(Answer(answer["id"], tuple(answer["sentences"])) for answer in fields.get("answers", ()))
    read_answers(answers)
    key = ulid_now()
    return Alert(
        key=key,
        alert_id=fields.get("alert_id") or key,
        message=fields["message"],
        steps=steps,
        rounds=fields["repeat"],
        started_at=dt_util.utcnow(),
        answers=answers or READY["ok"],
        tell_others=fields.get("tell_others", localized(ALERT_TAKEN, hass.config.language)),
        acknowledge_on_listened=fields.get("listened_acknowledges", False),
        language=fields.get("language"),
        origin=origin,
        all_clear=fields.get("all_clear", ""),
    )


def _find_steps(
    account: SmsmodeRuntimeData, fields: Mapping[str, Any]
) -> tuple[tuple[AlertStep, ...], tuple[Failure, ...]]:
    """Return the steps that reach anybody, and the targets left out. Raises a translated error if there is none."""
    steps: list[AlertStep] = []
    failures: list[Failure] = []
    for step in fields["steps"]:
        found = find_reply_targets(account.recipients, step["target"], voice=step["how"] is Channel.VOICE)
        failures += found.failures if step["target"] else [Failure("", NO_RECIPIENTS)]
        if found.numbers:
            steps.append(_step(found.numbers, step))
    if not steps:
        raise nobody_left(failures)
    if any(step.channel is Channel.SMS for step in steps):
        ensure_readable_text(account.options, fields["message"])
    return tuple(steps), tuple(failures)


def _step(targets: tuple[str, ...], fields: Mapping[str, Any]) -> AlertStep:
    return AlertStep(
        targets=targets,
        channel=fields["how"],
        delivery_timeout=fields["delivery_timeout"],
        answer_timeout=fields["answer_timeout"],
    )


def _cost(hass: HomeAssistant, account: SmsmodeRuntimeData, alert: Alert) -> dict[str, Any]:
    """Return the cost of each step and of the alert at most. Raises a translated error above the limit."""
    costs = [_cost_of_step(account, alert, step) for step in alert.steps]
    at_most = sum(costs) * alert.rounds + _cost_of_news(account, alert)
    if at_most > MAX_COST:
        raise validation_error("alert_too_large", cost=str(at_most), limit=str(MAX_COST))
    name_of = account.alerts.notifier.name_of
    steps = [
        {"recipients": list(map(name_of, step.targets)), "how": step.channel, "cost": cost}
        for step, cost in zip(alert.steps, costs, strict=True)
    ]
    cost = {"cost_at_least": costs[0], "cost_at_most": at_most}
    return {"steps": steps, "repeat": alert.rounds, **cost, **_prices(hass, account.options, **cost)}


def _prices(hass: HomeAssistant, options: AccountOptions, cost_at_least: int, cost_at_most: int) -> dict[str, Any]:
    """Return the costs in money; nothing if a credit has no price."""
    if options.credit_price is None:
        return {}
    return {
        "price_at_least": options.price_of(cost_at_least),
        "price_at_most": options.price_of(cost_at_most),
        "currency": hass.config.currency,
    }


def _cost_of_step(account: SmsmodeRuntimeData, alert: Alert, step: AlertStep) -> int:
    voice = step.channel is Channel.VOICE
    resolved = account.recipients.resolve(step.targets, voice=voice)
    with translate_errors():
        if voice:
            drafts = compose_voice(voice_options(alert, step, alert.reference), resolved, account.options)
        else:
            drafts = compose_message(sms_options(alert, step, alert.reference), resolved, account.options)
    return cost_of(drafts)


def _cost_of_news(account: SmsmodeRuntimeData, alert: Alert) -> int:
    """Return the cost of the dearer notice: who takes care, with the longest name, or the all-clear."""
    called = {target for step in alert.steps for target in step.targets}
    written = {target for step in alert.steps if step.channel is Channel.SMS for target in step.targets}
    name = max((account.alerts.notifier.name_of(target) for target in called), key=len)
    taken = alert.tell_others.replace("{recipient}", name)
    return max(_cost_of_notice(account, taken, written), _cost_of_notice(account, alert.all_clear, called))


def _cost_of_notice(account: SmsmodeRuntimeData, text: str, targets: set[str]) -> int:
    resolved = account.recipients.resolve(sorted(targets))
    if not text or not resolved.numbers:
        return 0
    with translate_errors():
        return cost_of(compose_message(MessageSendOptions(message=text, urgent=True), resolved, account.options))
