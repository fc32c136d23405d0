"""House for tests: a Home Assistant with one account, and what a person does with it, in one line each."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Event, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.runtime import SmsmodeRuntimeData

from .gateway import Gateway

ALICE = "+33612345678"
BOB = "+33698765432"
# As the gateway writes them.
ALICE_DIGITS = ALICE.removeprefix("+")
BOB_DIGITS = BOB.removeprefix("+")
WEBHOOK_ID = "a-secret-webhook-id"
DISABLED_BY_DEFAULT = ("event.home_delivery_report", "sensor.home_segments_sent")
DISABLED_OF_RECIPIENTS = ("sensor.alice_last_status", "sensor.family_last_status")
NIGHT = {"start": "22:00", "end": "07:00"}


def account_entry(gateway: Gateway, **options: Any) -> MockConfigEntry:
    """Return the config entry of the account "Home" at a gateway, with a person and a group as recipients."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        unique_id="home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": WEBHOOK_ID},
        options=options,
        subentries_data=[
            ConfigSubentryData(data={"number": ALICE}, subentry_type="recipient", title="Alice", unique_id=ALICE),
            ConfigSubentryData(
                data={"group": "Famille"}, subentry_type="recipient", title="Family", unique_id="group:Famille"
            ),
        ],
    )


class House:
    """A Home Assistant with one account."""

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry
    ) -> None:
        """Keep the parts. Time stands still, for Home Assistant and the gateway, until the test moves it."""
        self.hass = hass
        self.freezer = freezer
        self.gateway = gateway
        self.entry = entry

    @property
    def account(self) -> SmsmodeRuntimeData:
        """Return the runtime data of the account."""
        account: SmsmodeRuntimeData = self.entry.runtime_data
        return account

    async def async_set_up(self, *, is_new: bool = False) -> None:
        """Set the account up; unless it is new, the statuses of its recipients are enabled, as they once all were."""
        if self.hass.config_entries.async_get_entry(self.entry.entry_id) is None:
            self.entry.add_to_hass(self.hass)
            if not is_new:
                self._register_statuses()
        await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def _register_statuses(self) -> None:
        for subentry in self.entry.get_subentries_of_type("recipient"):
            er.async_get(self.hass).async_get_or_create(
                "sensor",
                DOMAIN,
                f"{self.entry.entry_id}_{subentry.subentry_id}_last_status",
                config_entry=self.entry,
                config_subentry_id=subentry.subentry_id,
                suggested_object_id=f"{subentry.title}_last_status",
            )

    async def async_reload(self) -> None:
        """Reload the account."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def async_enable(self, entity_id: str) -> None:
        """Enable an entity that is disabled by default, as a person does on its page."""
        er.async_get(self.hass).async_update_entity(entity_id, disabled_by=None)
        await self.async_reload()

    async def async_call(self, action: str, **data: Any) -> dict[str, Any]:
        """Call an action of the integration and return its response."""
        response = await self.hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        return dict(response or {})

    async def async_notify(self, service: str = "home", **data: Any) -> None:
        """Call a notify service."""
        await self.hass.services.async_call("notify", service, data, blocking=True)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def async_settle(self) -> None:
        """Wait until all tasks are done."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def async_wait(self, **duration: float) -> None:
        """Move time forward, and run all timers that are due."""
        self.freezer.tick(timedelta(**duration))
        async_fire_time_changed(self.hass)
        await self.async_settle()

    async def async_poll(self) -> None:
        """Poll the gateway now, the balance included."""
        self.account.coordinator.async_invalidate_balance()
        await self.account.coordinator.async_refresh()
        await self.async_settle()

    def state(self, entity_id: str) -> State:
        """Return the state of an entity that exists."""
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} does not exist: {sorted(self.hass.states.async_entity_ids())}"
        return state

    def capture(self, event: str) -> list[Event]:
        """Collect the events of a type from now on."""
        events: list[Event] = async_capture_events(self.hass, event)
        return events
