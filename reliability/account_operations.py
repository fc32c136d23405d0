"""Operations on accounts that people perform: reload, change, add, remove."""

from random import Random
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryDisabler
from homeassistant.const import CONF_NAME
from homeassistant.helpers import issue_registry as ir

from tests.support.flow_forms import suggested
from tests.support.house import BOB, House

from .scenario import FORGED, ScenarioLog, WebhookClient

THIRD_KEY = "ThirdKey1234"


class AccountOperations:
    """Operations on the accounts of a house."""

    def __init__(self, house: House, client: WebhookClient, log: ScenarioLog, rng: Random) -> None:
        """Keep the house, its webhook client, the log and the random numbers."""
        self._house = house
        self._client = client
        self._hass = house.hass
        self._log = log
        self._rng = rng

    async def change_options(self) -> None:
        """Submit the form of the options; the account reloads."""
        form = await self._hass.config_entries.options.async_init(self._house.entry.entry_id)
        form = await self._hass.config_entries.options.async_configure(form["flow_id"], {"next_step_id": "settings"})
        chosen = {"access": {}, **suggested(form)}
        chosen["money"]["recipient_hourly_limit"] = self._rng.choice((0, 0, 3))
        chosen["callbacks"]["callbacks"] = self._rng.choice(("auto", "auto", "off"))
        await self._hass.config_entries.options.async_configure(form["flow_id"], chosen)
        await self._house.async_settle()

    async def toggle_recipient(self) -> None:
        """Add a recipient, or remove the one that was added before."""
        if await self.remove_recipient():
            return
        subentries = self._hass.config_entries.subentries
        form = await subentries.async_init((self._house.entry.entry_id, "recipient"), context={"source": SOURCE_USER})
        await subentries.async_configure(form["flow_id"], {"name": "Bob", "number": BOB})
        await subentries.async_configure(form["flow_id"], {"next_step_id": "add"})
        await self._house.async_settle()

    async def remove_recipient(self) -> bool:
        """Remove the recipient that was added; returns whether there was one."""
        entry = self._house.entry
        added = [subentry_id for subentry_id, subentry in entry.subentries.items() if subentry.title == "Bob"]
        for subentry_id in added:
            self._hass.config_entries.async_remove_subentry(entry, subentry_id)
        await self._house.async_settle()
        return bool(added)

    async def use_third_account(self) -> None:
        """Set up a third account, use and disable it, and remove it while a message waits and a callback arrives."""
        entry = await async_set_up(self._house, "Third", THIRD_KEY)
        options = {"reference": "third"}
        await self._house.async_notify("third", message="Hello", target=[BOB], data=options)
        await self._hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
        await self._hass.config_entries.async_set_disabled_by(entry.entry_id, None)
        await self._house.async_settle()
        await self._house.gateway.fail("sendSMS.do", "code:50")
        await self._house.async_call(
            "send_message", message="It waits", target=[BOB], config_entry_id=entry.entry_id, **options
        )
        await self._client.get(f"/api/webhook/{entry.data['webhook_id']}?{FORGED}&responseID=forged-{entry.entry_id}")
        await self._hass.config_entries.async_remove(entry.entry_id)
        await self._house.gateway.clear_faults()
        await self._house.async_settle()

    async def lower_balance(self) -> None:
        """Lower the balance, check the repair issue, and raise the balance again."""
        await self._house.gateway.set(balance=5)
        await self._house.async_poll()
        self._log.done["low balance told"] += self._has_issue("low_balance")
        await self._house.gateway.set(balance=1_000_000)
        await self._house.async_poll()
        self._log.stale_issues += self._has_issue("low_balance")

    def _has_issue(self, problem: str) -> bool:
        issue_id = f"{problem}_{self._house.entry.entry_id}"
        return any(found == issue_id for _, found in ir.async_get(self._hass).issues)


async def async_set_up(house: House, name: str, key: str) -> ConfigEntry:
    """Set up an account in the interface, without its first recipient."""
    manager = house.hass.config_entries
    form = await manager.flow.async_init("smsmode", context={"source": SOURCE_USER})
    written = {"access_token": key, "advanced": {"base_url": house.gateway.url}}
    await manager.flow.async_configure(form["flow_id"], written)
    result: Any = await manager.flow.async_configure(form["flow_id"], {CONF_NAME: name})
    manager.subentries.async_abort(result["next_flow"][1])
    await house.async_settle()
    entry: ConfigEntry = result["result"]
    return entry
