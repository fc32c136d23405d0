"""Button entities: send the test SMS to a recipient; raise a plan, acknowledge or stop its alert."""

from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_ALERT_PLAN
from .entity import PlanEntity, SmsmodeEntity, async_add_recipient_entities, async_add_subentry_entities
from .errors import validation_error
from .helpers.origins import find_origin
from .runtime import SmsmodeConfigEntry
from .sending.delivery_check import async_send_test_message
from .sending.dispatcher import ReceiptStatus

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a button for each recipient, and three for each plan."""
    async_add_recipient_entities(
        entry, async_add_entities, lambda subentry: TestMessageButton(entry, "send_test", subentry)
    )
    for key, button in (("raise", RaiseButton), ("acknowledge", AcknowledgeButton), ("stop", StopButton)):
        create = partial(_plan_button, button, hass, entry, key)
        async_add_subentry_entities(entry, SUBENTRY_ALERT_PLAN, async_add_entities, create)


def _plan_button(
    button: type[PlanEntity], hass: HomeAssistant, entry: SmsmodeConfigEntry, key: str, subentry: ConfigSubentry
) -> Entity:
    return button(hass, entry, subentry, key)


class TestMessageButton(SmsmodeEntity, ButtonEntity):
    """Sends the test SMS to a recipient, which costs what an SMS costs."""

    _attr_translation_key = "send_test"
    # It proves that the way works, and does not belong on a page where a child may press it.
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    # Whether the gateway can be reached is what it finds out.

    @override
    async def async_press(self) -> None:
        """Send the test SMS. Raises a translated error if it is not sent."""
        assert self.recipient is not None  # noqa: S101 - there is one button for each recipient
        receipt = await async_send_test_message(self.account.messages, self.hass.config.language, self.recipient.target)
        if receipt.status is ReceiptStatus.DUPLICATE:
            raise validation_error("test_repeated")


class RaiseButton(PlanEntity, ButtonEntity):
    """Raises a plan; while its alert runs, no second one begins."""

    @override
    async def async_press(self) -> None:
        """Raise the plan. Raises a translated error if nobody can be alarmed."""
        await self.plans.async_raise(self.plan_id, find_origin(self.hass, self._context))


class AcknowledgeButton(PlanEntity, ButtonEntity):
    """Acknowledges the alert of a plan, in the name of the recipient who presses it."""

    @property
    @override
    def suggested_object_id(self) -> str:
        """Return the word for automations; the name of the button is what a person would say."""
        return "acknowledge"

    @override
    async def async_press(self) -> None:
        """Acknowledge the alert. Raises a translated error if there is none."""
        await self.plans.async_acknowledge(self.plan_id, self._context.user_id if self._context else None)


class StopButton(PlanEntity, ButtonEntity):
    """Stops the alert of a plan; nobody is told."""

    @override
    async def async_press(self) -> None:
        """Stop the alert. Raises a translated error if none runs."""
        self.plans.async_cancel(self.plan_id)
