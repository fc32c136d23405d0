"""Steps after the form of a new recipient: the number is shown, a test SMS is sent, and its result is shown."""

import asyncio
from abc import ABC, abstractmethod
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryData,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..api import DeliveryOutcome, MessageStatus
from ..config.options import read_settings
from ..config.phone_numbers import can_reply, is_known_number, pretty_number
from ..const import CONF_GROUP, CONF_NUMBER, DOMAIN, SUBENTRY_RECIPIENT
from ..helpers.error_sentences import async_error_sentence
from ..helpers.money import price_note
from ..helpers.repair_issues import IssueType, async_raise_issue
from ..helpers.targets import group_target
from ..runtime import SmsmodeConfigEntry
from ..sending.delivery_check import CheckResult, DeliveryCheck

# Pages of Home Assistant itself, for what people do next.
NEXT_PAGES: Final = {
    "messages": f"/{DOMAIN}",
    "automations": "/config/automation/dashboard",
    "people": "/config/integrations/integration/smsmode",
    "check": "/config/repairs",
}

type Input = dict[str, Any] | None


class RecipientCheckSteps(ConfigSubentryFlow, ABC):
    """Steps of the check; whatever its result, the recipient is added unless the person goes back to correct it."""

    _recipient: ConfigSubentryData
    _check: DeliveryCheck
    _task: asyncio.Task[None]

    @abstractmethod
    async def async_step_correct(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show the form again."""

    async def async_offer_check(self, recipient: ConfigSubentryData) -> SubentryFlowResult:
        """Show what was read, and go on as suits the recipient and the account."""
        self._recipient = recipient
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return await self.async_step_check_asleep()
        if CONF_GROUP in recipient["data"]:
            return await self.async_step_check_group()
        if not is_known_number(recipient["data"][CONF_NUMBER]):
            return await self.async_step_check_unknown()
        if not can_reply(recipient["data"][CONF_NUMBER]):
            return await self.async_step_check_abroad()
        return await self.async_step_check()

    async def async_step_check_unknown(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that the number lies in no known range, and offer a test."""
        return self._show_menu("check_unknown", "test", "add", "correct")

    async def async_step_check(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show the number, and offer a test."""
        return self._show_menu("check", "test", "add", "correct")

    async def async_step_check_abroad(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that nobody can reply from the number, and offer a test."""
        return self._show_menu("check_abroad", "test", "add", "correct")

    async def async_step_check_group(self, _user_input: Input = None) -> SubentryFlowResult:
        """Offer a test that costs a segment for each member."""
        return self._show_menu("check_group", "test", "add", "correct")

    async def async_step_check_asleep(self, _user_input: Input = None) -> SubentryFlowResult:
        """Offer no test, since the account does not run."""
        return self._show_menu("check_asleep", "add", "correct")

    async def async_step_test(self, _user_input: Input = None) -> SubentryFlowResult:
        """Begin the test, unless the account has stopped meanwhile."""
        entry: SmsmodeConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return await self.async_step_check_asleep()
        data = self._recipient["data"]
        target = data[CONF_NUMBER] if CONF_NUMBER in data else group_target(data[CONF_GROUP])
        account = entry.runtime_data
        self._check = DeliveryCheck(self.hass, account.messages, account.processor, target)
        self._task = self._advance()
        return await self.async_step_watch()

    async def async_step_watch(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show how far the test is, until it is known what came of it or nobody waits any longer."""
        if self._task.done():
            self._task.result()
            if isinstance(self._check.progress, CheckResult):
                return self.async_show_progress_done(next_step_id=self._check.progress)
            self._task = self._advance()
        else:
            self._check.look()
        return self.async_show_progress(
            step_id="watch",
            progress_action=self._check.progress,
            progress_task=self._task,
            description_placeholders=self._names(),
        )

    async def async_step_delivered(self, _user_input: Input = None) -> SubentryFlowResult:
        """Add the recipient, and say that the test has arrived."""
        return self._create("delivered")

    async def async_step_add(self, _user_input: Input = None) -> SubentryFlowResult:
        """Add the recipient."""
        return self._create("untested")

    async def async_step_not_sent(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show why the test could not be sent."""
        assert self._check.error is not None  # noqa: S101
        reason = await async_error_sentence(self.hass, self._check.error, self.hass.config.language)
        return self._show_menu("not_sent", "test", "add", "correct", reason=reason)

    async def async_step_group_refused(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that the gateway has no such group."""
        return self._show_menu("group_refused", "correct", "add")

    async def async_step_not_delivered(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show why the test was not delivered."""
        status = await _async_status_name(self.hass, self._check.statuses[-1])
        return self._show_menu("not_delivered", "correct", "add", status=status)

    async def async_step_blocked(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that the recipient has unsubscribed."""
        return self._show_menu("blocked", "correct", "add")

    async def async_step_some_delivered(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show to how many members of a group the test was delivered."""
        delivered = str(self._check.count(DeliveryOutcome.DELIVERED))
        return self._show_menu("some_delivered", "add", "correct", delivered=delivered)

    async def async_step_unreported(self, _user_input: Input = None) -> SubentryFlowResult:
        """Show that no report has come yet."""
        return self._show_menu("unreported", "add", "correct")

    def _advance(self) -> asyncio.Task[None]:
        return self.hass.async_create_background_task(self._check.async_advance(), f"{DOMAIN} test")

    def _create(self, description: str) -> SubentryFlowResult:
        recipient, entry = self._recipient, self._get_entry()
        if not any(entry.get_subentries_of_type(SUBENTRY_RECIPIENT)):
            # The end of set-up: Home Assistant opens no other flow after one of a subentry.
            async_raise_issue(self.hass, entry, IssueType.ACCOUNT_UNPROVEN)
        return self.async_create_entry(
            title=recipient["title"],
            data=recipient["data"],
            unique_id=recipient["unique_id"],
            description=description,
            description_placeholders=self._names() | NEXT_PAGES,
        )

    def _show_menu(self, step_id: str, *options: str, **placeholders: str) -> SubentryFlowResult:
        price = price_note(self.hass, read_settings(self.hass, self._get_entry()).price_of(1))
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders={**self._names(), "price": price, **placeholders},
        )

    def _names(self) -> dict[str, str]:
        """Return the placeholders: the name, and the number the way people read it, on one line."""
        data = self._recipient["data"]
        target = pretty_number(data[CONF_NUMBER]).replace(" ", "\u00a0") if CONF_NUMBER in data else data[CONF_GROUP]
        return {"name": self._recipient["title"], "target": target}


async def _async_status_name(hass: HomeAssistant, status: MessageStatus) -> str:
    """Return the name of a status of the gateway, as the sensors show it."""
    words = await async_get_translations(hass, hass.config.language, "entity", [DOMAIN])
    return words[f"component.{DOMAIN}.entity.sensor.last_status.state.{status}"]
