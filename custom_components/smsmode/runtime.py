"""Everything that one account is made of, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .api import SmsmodeClient
from .config.commands import CommandPermission, read_command_permissions
from .config.options import AccountOptions, read_settings
from .config.recipients import Recipients
from .const import CONF_BASE_URL, DEFAULT_BASE_URL
from .coordinator import SmsmodeCoordinator
from .receiving.processor import InboundProcessor
from .receiving.reply_verifier import ReplyVerifier
from .sending.attempt import GatewaySender
from .sending.dispatcher import MessageDispatcher
from .sending.schedule_tracker import ScheduleTracker
from .sending.worker import OutboxWorker
from .state.account_state import AccountState
from .state.store import AccountStore
from .watchdog.gateway import WatchdogGateway
from .watchdog.manager import WatchdogManager
from .watchdog.notifier import WatchdogNotifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsmodeRuntimeData:
    """The runtime data of a config entry."""

    options: AccountOptions
    recipients: Recipients
    permissions: Sequence[CommandPermission]
    client: SmsmodeClient
    store: AccountStore
    processor: InboundProcessor
    coordinator: SmsmodeCoordinator
    reply_verifier: ReplyVerifier
    worker: OutboxWorker
    dispatcher: MessageDispatcher
    schedule_tracker: ScheduleTracker
    watchdogs: WatchdogManager


type SmsmodeConfigEntry = ConfigEntry[SmsmodeRuntimeData]


def resume_state(state: AccountState, options: AccountOptions, now: datetime) -> None:
    """Apply the spending limits, and bring up to date what was read from the disk."""
    state.outbox.recover(now)
    state.schedule.remove_sent(now)
    state.budget.daily_limit = options.daily_limit
    state.budget.urgent_daily_limit = options.urgent_daily_limit
    state.budget.recipient_limit = options.recipient_hourly_limit


async def async_create_runtime(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> SmsmodeRuntimeData:
    """Read what was kept on disk and put the parts together; nothing asks the gateway yet."""
    settings = read_settings(hass, entry)
    store = AccountStore(hass, entry)
    await store.async_open(now := dt_util.utcnow())
    resume_state(store.state, settings, now)
    client = SmsmodeClient(
        async_get_clientsession(hass),
        entry.data[CONF_ACCESS_TOKEN],
        base_url=entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL),
    )
    recipients = Recipients(hass, entry, settings.region)
    permissions = read_command_permissions(entry)
    processor = InboundProcessor(hass, entry.entry_id, store, recipients, {each.number for each in permissions})
    coordinator = SmsmodeCoordinator(hass, entry, client, processor, settings)
    gateway_sender = GatewaySender(hass, entry, client, store, processor)
    worker = OutboxWorker(hass, entry, client, store, gateway_sender)
    dispatcher = MessageDispatcher(hass, entry, store, worker, gateway_sender)
    gateway = WatchdogGateway(hass, client, dispatcher, recipients, settings)
    watchdogs = WatchdogManager(hass, entry, store, gateway, WatchdogNotifier(hass, entry, store, processor))
    gateway_sender.async_on_held(watchdogs.async_hear)
    return SmsmodeRuntimeData(
        options=settings,
        recipients=recipients,
        permissions=permissions,
        client=client,
        store=store,
        processor=processor,
        coordinator=coordinator,
        reply_verifier=ReplyVerifier(hass, entry, processor, coordinator.replies.async_fetch),
        worker=worker,
        dispatcher=dispatcher,
        schedule_tracker=ScheduleTracker(hass, entry, client, store, processor, worker),
        watchdogs=watchdogs,
    )
