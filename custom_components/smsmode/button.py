"""Button entities: send the test SMS to a recipient."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_RECIPIENT
from .entity import SmsmodeEntity, async_add_subentry_entities
from .errors import validation_error
from .runtime import SmsmodeConfigEntry
from .sending.delivery_check import async_send_test_message
from .sending.dispatcher import ReceiptStatus

PARALLEL_UPDATES = 0


async def async_setup_entry(
    _hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a button for each recipient."""
    async_add_subentry_entities(
        entry, SUBENTRY_RECIPIENT, async_add_entities, lambda subentry: TestMessageButton(entry, "send_test", subentry)
    )


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
