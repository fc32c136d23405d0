"""A button on every recipient that sends the test SMS."""

from typing import override

from homeassistant.components.button import ButtonEntity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_RECIPIENT
from .entity import SmsmodeEntity
from .errors import validation_error
from .runtime import SmsmodeConfigEntry
from .sending.dispatcher import ReceiptStatus
from .sending.trial import async_send_test_message

PARALLEL_UPDATES = 0


async def async_setup_entry(
    _hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add one for each recipient."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT):
        async_add_entities([TestMessageButton(entry, subentry)], config_subentry_id=subentry.subentry_id)


class TestMessageButton(SmsmodeEntity, ButtonEntity):
    """Sends the test SMS to a recipient, which costs what an SMS costs."""

    _attr_translation_key = "send_test"
    # It proves that the way works, and does not belong on a page where a child may press it.
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, entry: SmsmodeConfigEntry, subentry: ConfigSubentry) -> None:
        """Say to whom."""
        super().__init__(entry, "send_test", subentry)
        self._target = self.account.recipients.get(subentry.subentry_id).target

    @property
    @override
    def available(self) -> bool:
        """Always: whether the gateway can be reached is what it finds out."""
        return True

    @override
    async def async_press(self) -> None:
        """Send it, or say why not."""
        receipt = await async_send_test_message(self.hass, self.account, self._target)
        if receipt.status is ReceiptStatus.DUPLICATE:
            raise validation_error("test_repeated")
