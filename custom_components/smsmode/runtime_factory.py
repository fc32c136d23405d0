"""Factory of the runtime data of a config entry: creates every part of one account, and connects them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api import GatewayClient, create_client
from .check.context import CheckAccount
from .check.manager import CheckManager
from .config.commands import CommandPermission, read_command_permissions
from .config.options import AccountOptions, read_settings
from .config.pin_redaction import PinFinder
from .config.recipients import Recipients
from .const import CONF_BASE_URL, DEFAULT_BASE_URL
from .conversations.alert_manager import AlertManager
from .conversations.alert_plans import AlertPlanManager
from .conversations.command_handler import CommandHandler
from .conversations.question_manager import QuestionManager
from .conversations.text_recorder import TextRecorder
from .coordinator import SmsmodeCoordinator
from .helpers.clock import Clock
from .receiving.callback_health import CallbackHealth
from .receiving.callback_url import async_callback_url
from .receiving.delivery_monitor import DeliveryFailureMonitor
from .receiving.fact_learner import FactLearner
from .receiving.night_monitor import NightDeliveryMonitor
from .receiving.processor import InboundProcessor
from .receiving.reply_verifier import ReplyVerifier
from .receiving.report_verifier import ReportVerifier
from .receiving.webhook import WebhookHandler
from .runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from .sending.attempt import GatewaySender
from .sending.cancellations import Cancellations
from .sending.dispatcher import MessageDispatcher
from .sending.fallback import Fallback
from .sending.pauses import PauseManager
from .sending.pictures import PictureManager
from .sending.quiet_schedules import QuietSchedules
from .sending.schedule_tracker import ScheduleTracker
from .sending.service import MessageService
from .sending.worker import OutboxWorker
from .state.account_state import AccountState
from .state.clock_changes import follow_clock
from .state.deadlines import bound_deadlines
from .state.store import AccountStore
from .watchdog.gateway import WatchdogGateway
from .watchdog.manager import WatchdogManager
from .watchdog.notifier import WatchdogNotifier


def resume_state(state: AccountState, options: AccountOptions, now: datetime) -> None:
    """Apply the spending limits, and bring up to date what was read from the disk."""
    state.outbox.recover(now)
    bound_deadlines(state, now)
    state.outbox.doubt_stale_items(now)
    state.schedule.remove_sent(now)
    state.budget.daily_limit = options.daily_limit
    state.budget.urgent_daily_limit = options.urgent_daily_limit
    state.budget.recipient_limit = options.recipient_hourly_limit
    state.budget.assistant_limit = options.assistant_limit


async def async_create_runtime(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> SmsmodeRuntimeData:
    """Read what was kept on disk and connect the parts; nothing asks the gateway yet.

    Raises ConfigEntryNotReady if the disk refuses.
    """
    store = AccountStore(hass, entry)
    clock = Clock(hass)
    await store.async_open(clock.now())
    client = _create_client(hass, entry, clock)
    follow_clock(clock, store, client.gateway_clock)
    resume_state(store.state, read_settings(hass, entry), clock.now())
    return _connect(hass, entry, store, clock, client)


def _connect(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, store: AccountStore, clock: Clock, client: GatewayClient
) -> SmsmodeRuntimeData:
    options, allowed = read_settings(hass, entry), read_command_permissions(entry)
    recipients = Recipients(hass, entry, options.region)
    processor, learner, callbacks, coordinator = _create_receiving(hass, entry, store, recipients, client, clock)
    sender = GatewaySender(hass, entry, client, store, processor, callbacks, clock)
    worker, dispatcher = _create_sending(hass, entry, options, recipients, client, store, sender, clock)
    replies, ask, fetch_all = coordinator.replies, coordinator.async_ask_balance, coordinator.async_fetch_all
    messages = _create_messages(hass, entry, recipients, allowed, store, dispatcher, processor, sender, clock, ask)
    alerts = AlertManager(hass, entry, recipients, store, processor, messages, worker, fetch_all, clock)
    return SmsmodeRuntimeData(
        options=options,
        recipients=recipients,
        permissions=allowed,
        client=client,
        store=store,
        clock=clock,
        processor=processor,
        learner=learner,
        callbacks=callbacks,
        coordinator=coordinator,
        reply_verifier=(verifier := ReplyVerifier(hass, entry, processor, replies.async_fetch)),
        report_verifier=ReportVerifier(hass, entry, processor, coordinator.reports),
        worker=worker,
        dispatcher=dispatcher,
        messages=messages,
        schedule_tracker=(tracker := ScheduleTracker(hass, entry, client, store, processor, worker, clock)),
        cancellations=Cancellations(hass, entry, client, store, processor, worker, tracker),
        watchdogs=_create_watchdogs(hass, entry, store, processor, client, dispatcher, recipients, sender, clock),
        questions=QuestionManager(hass, entry, store, processor, messages, replies.async_fetch, clock),
        alerts=alerts,
        alert_plans=AlertPlanManager(hass, entry, options, recipients, store, alerts),
        texts=TextRecorder(hass, options, recipients, store, processor, sender.settled, verifier, client.gateway_clock),
        commands=CommandHandler(hass, entry, allowed, store, processor, messages),
        delivery_monitor=DeliveryFailureMonitor(hass, entry, processor, recipients, options),
        night_monitor=NightDeliveryMonitor(hass, entry, processor, learner),
        webhook=WebhookHandler(hass, entry, processor, verifier, callbacks, learner),
        check=_create_check(hass, entry, store, client, clock, learner, messages, tracker, coordinator),
    )


def _create_receiving(
    hass: HomeAssistant,
    entry: SmsmodeConfigEntry,
    store: AccountStore,
    recipients: Recipients,
    client: GatewayClient,
    clock: Clock,
) -> tuple[InboundProcessor, FactLearner, CallbackHealth, SmsmodeCoordinator]:
    options, finder = read_settings(hass, entry), PinFinder(hass, read_command_permissions(entry))
    processor = InboundProcessor(hass, entry.entry_id, store, recipients, finder, clock, client.gateway_now)
    learner, callbacks = FactLearner(store, client, processor, clock), CallbackHealth(hass, entry, options, processor)
    coordinator = SmsmodeCoordinator(hass, entry, client, processor, callbacks, options, store.state, learner)
    return processor, learner, callbacks, coordinator


def _create_sending(
    hass: HomeAssistant,
    entry: SmsmodeConfigEntry,
    options: AccountOptions,
    recipients: Recipients,
    client: GatewayClient,
    store: AccountStore,
    sender: GatewaySender,
    clock: Clock,
) -> tuple[OutboxWorker, MessageDispatcher]:
    worker = OutboxWorker(hass, entry, options, recipients, client, store, sender, clock)
    return worker, MessageDispatcher(hass, entry, store, worker, sender, recipients, clock)


def _create_check(
    hass: HomeAssistant,
    entry: SmsmodeConfigEntry,
    store: AccountStore,
    client: GatewayClient,
    clock: Clock,
    learner: FactLearner,
    messages: MessageService,
    tracker: ScheduleTracker,
    coordinator: SmsmodeCoordinator,
) -> CheckManager:
    async def has_callbacks() -> bool:
        return await async_callback_url(hass, entry) is not None

    account = CheckAccount(
        hass=hass,
        store=store,
        client=client,
        clock=clock,
        processor=coordinator.processor,
        learner=learner,
        messages=messages,
        schedule=tracker,
        fetch_all=coordinator.async_fetch_all,
        has_callbacks=has_callbacks,
    )
    return CheckManager(account, entry)


def _create_messages(
    hass: HomeAssistant,
    entry: SmsmodeConfigEntry,
    recipients: Recipients,
    permissions: Sequence[CommandPermission],
    store: AccountStore,
    dispatcher: MessageDispatcher,
    processor: InboundProcessor,
    sender: GatewaySender,
    clock: Clock,
    ask: Callable[[], Decimal | None],
) -> MessageService:
    options, pauses = read_settings(hass, entry), PauseManager(hass, store, recipients, clock)
    fallback = Fallback(hass, entry, options.fallback, recipients, store, processor, sender.settled, clock)
    quiet, pictures = QuietSchedules(hass, entry, recipients), PictureManager(hass, entry, options, store, clock)
    return MessageService(
        hass, options, recipients, permissions, dispatcher, processor, fallback, pauses, quiet, pictures, ask
    )


def _create_watchdogs(
    hass: HomeAssistant,
    entry: SmsmodeConfigEntry,
    store: AccountStore,
    processor: InboundProcessor,
    client: GatewayClient,
    dispatcher: MessageDispatcher,
    recipients: Recipients,
    sender: GatewaySender,
    clock: Clock,
) -> WatchdogManager:
    gateway = WatchdogGateway(hass, client, dispatcher, recipients, read_settings(hass, entry))
    notifier = WatchdogNotifier(hass, entry, store, processor)
    return WatchdogManager(hass, entry, store, gateway, notifier, sender.settled, clock)


def _create_client(hass: HomeAssistant, entry: SmsmodeConfigEntry, clock: Clock) -> GatewayClient:
    base_url = entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL)
    session = async_get_clientsession(hass)
    return create_client(session, entry.data[CONF_ACCESS_TOKEN], base_url=base_url, now=clock.now)
