"""Sender of alerts: the message of a step over its channel, and what people are told besides."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..config.recipients import Recipients
from ..const import LOGGER
from ..errors import operation_error
from ..helpers.notifying import async_notify, find_companion_action, is_notifier
from ..sending.composer import MessageSendOptions
from ..sending.service import MessageService
from ..state.alert_phases import AlertPhase
from ..state.alert_steps import Channel
from ..state.alerts import Alert
from ..state.store import SHORT_PATIENCE, AccountStore, StorageError
from .alert_links import AlertLinks
from .alert_messages import (
    CLEAR_MESSAGE,
    companion_data,
    companion_tag,
    notice_options,
    script_variables,
    sms_options,
    voice_options,
)
from .alert_presence import async_apply_presence
from .alert_targets import SCRIPT_DOMAIN


class AlertSender:
    """Sender of the alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        recipients: Recipients,
        messages: MessageService,
        store: AccountStore,
        links: AlertLinks,
    ) -> None:
        """Send nothing yet."""
        self._store = store
        self._hass = hass
        self._recipients = recipients
        self._messages = messages
        self._links = links

    async def async_send_step(self, alert: Alert) -> tuple[str, ...] | None:
        """Send the current step; return whom it reached if Home Assistant did it by itself, None if the gateway does.

        Raises HomeAssistantError if it leaves for nobody.
        """
        async_apply_presence(self._hass, self._recipients, alert)
        self._links.pictures.async_begin(alert)
        match alert.step.channel:
            case Channel.NOTIFY:
                return await self._async_call_all(alert, self._async_push)
            case Channel.SCRIPT:
                return await self._async_call_all(alert, self._async_run)
            case Channel.VOICE:
                await asyncio.gather(self._async_send_links(alert), self._async_call(alert))
            case _:
                await self._async_write(alert)
        return None

    async def _async_write(self, alert: Alert) -> None:
        """Send the SMS of a step, unless somebody has ended the alert while its camera took its time.

        A link by which a person takes care shows the picture as well: two links would cost two lines.
        """
        await self._links.pictures.async_wait(alert)
        if alert.phase is not AlertPhase.SENDING:
            return
        if alert.step.acknowledge_link:
            await self._messages.async_send_message(sms_options(alert, self._links.make(alert)))
        else:
            await self._messages.async_send_message(sms_options(alert, ending=self._links.pictures.line(alert)))

    async def _async_call(self, alert: Alert) -> None:
        await self._messages.async_send_voice_message(voice_options(alert))

    async def _async_send_links(self, alert: Alert) -> None:
        """Send the links that go with a call, unless that was done before a crash: a call can have none."""
        if not alert.step.acknowledge_link or self._store.state.is_enqueued(alert.link_reference):
            return
        reference = alert.link_reference
        await self._links.pictures.async_wait(alert)
        # The call does not wait, and the alert goes on with it.
        if alert.phase.is_running and alert.link_reference == reference:
            await self.async_tell(alert, sms_options(alert, self._links.make(alert)))

    async def async_tell(self, alert: Alert, options: MessageSendOptions) -> None:
        """Send an SMS that belongs to an alert and is no step of it."""
        try:
            await self._messages.async_send_message(options)
        except HomeAssistantError as err:
            LOGGER.warning("A message that belongs to the alert %s was not sent: %s", alert.alert_id, err)

    async def async_tell_notice(self, alert: Alert) -> None:
        """Tell everybody whom the notice of an alert is for, by the way on which they were alarmed."""
        numbers = tuple(target for target in alert.notice_targets if not is_notifier(target))
        if alert.pending_notice and numbers:
            await self.async_tell(alert, notice_options(alert, numbers))

    @callback
    def async_end_notifications(self, alert: Alert) -> None:
        """Put the notice of an alert in the place of its notifications; without one, take them away."""
        for notifier in alert.notified:
            self._hass.async_create_task(self._async_end_notification(alert, notifier), "sMsmode alert is over")

    async def _async_end_notification(self, alert: Alert, notifier: str) -> None:
        companion = find_companion_action(self._hass, notifier)
        is_told = bool(alert.pending_notice) and notifier in alert.notice_targets
        if companion is None and not is_told:
            return
        text = CLEAR_MESSAGE
        if is_told:
            text = alert.pending_notice or ""
        elif alert.phase is AlertPhase.EXHAUSTED:
            # Nobody has acted on it: it stays to be read, and its button goes.
            text = alert.message
        data = None if companion is None else {"tag": companion_tag(alert)}
        try:
            await async_notify(self._hass, companion or notifier, text, data)
        except Exception as err:  # noqa: BLE001 - whatever notifies may raise anything
            LOGGER.warning("The notification of the alert %s stays: %s", alert.alert_id, type(err).__name__)

    async def _async_push(self, alert: Alert, notifier: str) -> None:
        companion = find_companion_action(self._hass, notifier)
        data = None if companion is None else companion_data(alert, self._hass.config.language)
        await async_notify(self._hass, companion or notifier, alert.message, data)

    async def _async_run(self, alert: Alert, script: str) -> None:
        state = self._hass.states.get(script)
        if state is None or state.state == STATE_UNAVAILABLE:
            raise HomeAssistantError
        fields = {ATTR_ENTITY_ID: script, "variables": script_variables(alert)}
        await self._hass.services.async_call(SCRIPT_DOMAIN, SERVICE_TURN_ON, fields, blocking=True)

    async def _async_call_all(
        self, alert: Alert, call: Callable[[Alert, str], Coroutine[Any, Any, None]]
    ) -> tuple[str, ...]:
        """Return the targets of the current step whose call succeeded; raise HomeAssistantError if none did.

        One that hangs is given up when the delivery of an SMS would be.
        """
        with contextlib.suppress(StorageError):
            # An SMS is on the disk before it leaves, and its alert with it. A disk that hangs silences no alarm.
            await self._store.async_save(SHORT_PATIENCE)
        if alert.phase is not AlertPhase.SENDING:
            return ()
        targets, limit = alert.targets, alert.step.delivery_timeout.total_seconds()
        calls = (asyncio.wait_for(call(alert, target), limit) for target in targets)
        outcome = dict(zip(targets, await asyncio.gather(*calls, return_exceptions=True), strict=True))
        for target, result in outcome.items():
            if isinstance(result, Exception):
                LOGGER.error("The alert %s did not reach %s: %s", alert.alert_id, target, type(result).__name__)
        reached = tuple(target for target, result in outcome.items() if result is None)
        if not reached:
            raise operation_error("alert_step_failed", targets=", ".join(outcome))
        return reached
