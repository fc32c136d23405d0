"""Runtime data of a config entry: every part of one account, how they are connected, started and stopped."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import service
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started

from .api import GatewayClient, GatewayClock
from .check.manager import CheckManager
from .config.accounts import AmbiguousAccountError, choose_entry, usable_entries
from .config.commands import CommandPermission
from .config.options import AccountOptions
from .config.recipients import Recipients
from .const import DOMAIN
from .conversations.alert_manager import AlertManager
from .conversations.alert_notifier import UnsentAlert
from .conversations.alert_plans import AlertPlanManager
from .conversations.command_handler import CommandHandler
from .conversations.question_manager import QuestionManager
from .conversations.text_recorder import TextRecorder
from .coordinator import SmsmodeCoordinator
from .errors import ACCOUNT_STOPPING, validation_error
from .helpers.clock import Clock
from .helpers.listeners import Subscriptions
from .helpers.text_match import comparison_key
from .receiving.callback_health import CallbackHealth
from .receiving.delivery_monitor import DeliveryFailureMonitor
from .receiving.fact_learner import FactLearner
from .receiving.night_monitor import NightDeliveryMonitor
from .receiving.processor import InboundProcessor
from .receiving.reply_verifier import ReplyVerifier
from .receiving.report_verifier import ReportVerifier
from .receiving.webhook import WebhookHandler
from .sending.cancellations import Cancellations
from .sending.dispatcher import MessageDispatcher
from .sending.fallback import Fallback
from .sending.pauses import PauseManager
from .sending.pictures import PictureManager
from .sending.schedule_tracker import ScheduleTracker
from .sending.service import MessageService
from .sending.worker import OutboxWorker
from .state.store import AccountStore
from .watchdog.manager import WatchdogManager

LOAD_TIMEOUT = 15.0
_LOADING = {
    ConfigEntryState.NOT_LOADED,
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsmodeRuntimeData:
    """Everything that lives for one account, from its set-up to its unloading."""

    options: AccountOptions
    recipients: Recipients
    permissions: Sequence[CommandPermission]
    client: GatewayClient
    store: AccountStore
    clock: Clock
    processor: InboundProcessor
    learner: FactLearner
    callbacks: CallbackHealth
    coordinator: SmsmodeCoordinator
    reply_verifier: ReplyVerifier
    report_verifier: ReportVerifier
    worker: OutboxWorker
    dispatcher: MessageDispatcher
    messages: MessageService
    schedule_tracker: ScheduleTracker
    cancellations: Cancellations
    watchdogs: WatchdogManager
    questions: QuestionManager
    alerts: AlertManager
    alert_plans: AlertPlanManager
    texts: TextRecorder
    commands: CommandHandler
    delivery_monitor: DeliveryFailureMonitor
    night_monitor: NightDeliveryMonitor
    webhook: WebhookHandler
    check: CheckManager
    # What each platform adds for a recipient.
    recipient_entities: list[Callable[[ConfigSubentry], None]] = field(default_factory=list)
    _subscriptions: Subscriptions = field(default_factory=Subscriptions)

    @property
    def fallback(self) -> Fallback:
        """Return what tells an alarm that cannot leave."""
        return self.messages.fallback

    @property
    def pauses(self) -> PauseManager:
        """Return what knows who gets nothing that is not urgent for now."""
        return self.messages.pauses

    @property
    def pictures(self) -> PictureManager:
        """Return what has the pictures behind links in SMS."""
        return self.messages.pictures

    @property
    def gateway_clock(self) -> GatewayClock:
        """Return the clock of the gateway, as far as it is measured."""
        return self.client.gateway_clock

    @callback
    def async_start(self, hass: HomeAssistant) -> None:
        """Start what acts by itself. The entities exist by now, the automations when Home Assistant has started."""
        self.learner.async_start()
        self.callbacks.async_start()
        self.delivery_monitor.async_start()
        self.night_monitor.async_start()
        self.report_verifier.async_start()
        self.commands.async_start()
        self.questions.async_start()
        self.alerts.async_start()
        self.alert_plans.async_start()
        self.texts.async_start()
        self.webhook.async_start()
        self.worker.async_schedule()
        self.schedule_tracker.async_start()
        self.pauses.async_start()
        self.pictures.async_start()
        self.check.async_start()
        self.fallback.async_start()
        self._subscriptions.add(self.alerts.notifier.not_sent.subscribe(self._async_handle_unsent_alert))
        waiting = (self.worker, self.schedule_tracker, self.questions, self.alerts, self.watchdogs, self.fallback)
        for each in (*waiting, self.pauses, self.pictures, self.check):
            self.clock.async_register(each)
        self._subscriptions.add(
            self.alerts.notifier.changed.subscribe(lambda _event: self.coordinator.async_update_listeners()),
            async_at_started(hass, self._async_home_assistant_started),
        )
        if not self.processor.is_listening:
            # Else the first fetch, which has begun, asks for the balance as well.
            self.coordinator.async_ask_balance()

    @callback
    def _async_home_assistant_started(self, _hass: HomeAssistant) -> None:
        self.messages.schedules.async_check()
        self.worker.async_begin_reporting()
        self.coordinator.async_begin_fetching()
        self.questions.async_resume()
        self.watchdogs.async_begin_reporting()
        self.alerts.async_resume()
        self.alert_plans.async_begin()
        self.fallback.async_begin()

    @callback
    def _async_handle_unsent_alert(self, unsent: UnsentAlert) -> None:
        self.fallback.async_handle_unsent_alert(unsent.key, unsent.message, unsent.recipients, unsent.reason)

    async def async_stop(self) -> None:
        """Stop everything, in the order that loses nothing; also what was started only half.

        0. What somebody has cancelled and can undo no more is cancelled.
        1. Intake: nothing more is received, so that nothing is told that will not be remembered.
        2. Whatever begins messages: timers are cancelled, and the work between two messages.
        3. Sending: no message is taken on any more, and attempts under way come to their end.
        4. The store: what is true by now is written, and the file is closed.
        """
        await self.cancellations.async_stop()

        self._subscriptions.end()
        self.clock.async_stop()
        self.webhook.async_stop()
        self.processor.async_stop()
        self.reply_verifier.async_stop()
        self.report_verifier.async_stop()
        await self.coordinator.async_stop()
        self.callbacks.async_stop()
        self.learner.async_stop()
        self.delivery_monitor.async_stop()
        self.night_monitor.async_stop()

        self.check.async_stop()
        self.commands.async_stop()
        self.questions.async_stop()
        self.alerts.async_stop()
        self.alert_plans.async_stop()
        self.watchdogs.async_stop()
        self.fallback.async_stop()
        self.pauses.async_stop()
        self.pictures.async_stop()

        self.dispatcher.async_stop()
        await self.worker.async_stop()
        self.texts.async_stop()
        self.schedule_tracker.async_stop()

        await self.store.async_close()


type SmsmodeConfigEntry = ConfigEntry[SmsmodeRuntimeData]


async def async_get_loaded_entry(
    hass: HomeAssistant, entry_id: str | None, targets: Iterable[object] = ()
) -> SmsmodeConfigEntry:
    """Return the loaded entry of this id, else that of the account for ``targets``; see `choose_entry`.

    Raises a translated error. An account that is on its way, at the start or in a reload, is waited for.
    """
    if entry_id is None:
        entry_id = _choose(hass, targets)
    await async_wait_for_accounts(hass, entry_id)
    found: SmsmodeConfigEntry = service.async_get_config_entry(hass, DOMAIN, entry_id)
    return found


async def async_wait_for_accounts(hass: HomeAssistant, entry_id: str | None = None) -> None:
    """Return when no account, or not this one, is on its way any more, or when it has been waited for long enough."""
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False):
        if entry_id in (None, entry.entry_id) and entry.state in _LOADING:
            await _async_wait_for(hass, entry)


async def async_despite_reloads[T](hass: HomeAssistant, act: Callable[[], Awaitable[T]]) -> T:
    """Return the result of what finds its account and sends, again if the account was reloaded in between.

    What an account that stops refuses was not sent, and nobody who sets off an alarm tries a second time.
    """
    while True:
        try:
            return await act()
        except HomeAssistantError as err:
            if err.translation_key != ACCOUNT_STOPPING or not _is_reloading(hass):
                raise


def _is_reloading(hass: HomeAssistant) -> bool:
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return any(entry.state in _LOADING for entry in entries)


def _choose(hass: HomeAssistant, targets: Iterable[object]) -> str | None:
    try:
        entry = choose_entry(hass, targets)
    except AmbiguousAccountError:
        accounts = ", ".join(entry.title for entry in usable_entries(hass))
        raise validation_error("account_needed", accounts=accounts) from None
    return entry.entry_id if entry else None


async def async_get_loaded_entry_by_name(
    hass: HomeAssistant, name: str | None, targets: Iterable[object] = ()
) -> SmsmodeConfigEntry:
    """Return the loaded entry of an account that YAML calls by its name, else that of the account for ``targets``."""
    if name is None:
        return await async_get_loaded_entry(hass, None, targets)
    for entry in hass.config_entries.async_entries(DOMAIN):
        if comparison_key(entry.title) == comparison_key(name):
            return await async_get_loaded_entry(hass, entry.entry_id)
    raise validation_error("unknown_account", account=name)


async def _async_wait_for(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Return when an entry is loaded or failed, or when it has been waited for long enough."""
    changed = asyncio.Event()

    @callback
    def note(_change: ConfigEntryChange, _entry: ConfigEntry) -> None:
        changed.set()

    unsubscribe = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, note)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOAD_TIMEOUT):
                while entry.state in _LOADING:
                    await changed.wait()
                    changed.clear()
    finally:
        unsubscribe()
