"""The test SMS that proves a recipient can be reached."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant

from ..api import Encoding
from ..runtime import SmsmodeRuntimeData
from .composer import MessageSendOptions
from .dispatcher import SendReceipt
from .service import async_send_message

# Not among the translations: whoever holds the telephone reads it, in letters that each count once, in one segment.
TEST_MESSAGES: Final[Mapping[str, str]] = {
    "en": "This is a test SMS from Home Assistant. It has arrived, there is nothing else to do.",
    "fr": "Ceci est un SMS de test de Home Assistant. Il est bien arrivé, il n'y a rien d'autre à faire.",
}


async def async_send_test_message(hass: HomeAssistant, account: SmsmodeRuntimeData, target: str) -> SendReceipt:
    """Send the test SMS to a number, or to ``group:`` and a group; a translated error if it cannot leave now.

    It costs one segment for each who gets it. Asked for again within a minute, the receipt is that of a repetition.
    """
    order = MessageSendOptions(
        message=TEST_MESSAGES.get(hass.config.language, TEST_MESSAGES["en"]),
        targets=(target,),
        encoding=Encoding.GSM,
        queue=False,
    )
    (receipt,) = (await async_send_message(account, order)).receipts
    return receipt
