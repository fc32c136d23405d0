"""Notification of texts that lost something before they left: log, event, and a repair issue for each origin."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_TEXT_CHANGED, LOGGER
from ..helpers.origins import name_of_origin
from ..helpers.redaction import mask_numbers
from ..helpers.repair_issues import IssueType, async_raise_issue
from .composer import Draft, SendOptions

# A batch can go to thousands.
MAX_NAMES = 20


class TextChangeNotifier:
    """Tells of the texts of one account that were cut, or had characters replaced by "?".

    The caller may not look at the response, and a notify service or a calendar gives none. What the text was is
    never told.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, recipients: Recipients) -> None:
        """Begin with nothing told."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self._told_watchdogs: set[str | None] = set()

    @callback
    def async_notify(self, drafts: Sequence[Draft], order: SendOptions) -> None:
        """Tell what the texts of a message lost, if they did; of a watchdog, which renews its message, once."""
        # A message has the same text in each of its drafts.
        left_out = max((sum(text.left_out for text in draft.prepared) for draft in drafts), default=0)
        replaced = max((sum(text.replaced for text in draft.prepared) for draft in drafts), default=0)
        if not left_out and not replaced:
            return
        if order.provisional:
            if order.origin in self._told_watchdogs:
                return
            self._told_watchdogs.add(order.origin)
        self._tell(drafts, order.origin, left_out, replaced)

    def _tell(self, drafts: Sequence[Draft], origin: str | None, left_out: int, replaced: int) -> None:
        LOGGER.warning(
            "A text of %s was changed before it left: %s characters left out, %s replaced",
            origin or self._entry.title,
            left_out,
            replaced,
        )
        data = {
            ATTR_CONFIG_ENTRY_ID: self._entry.entry_id,
            "origin": origin,
            "recipients": self._names(drafts),
            "characters_left_out": left_out,
            "characters_replaced": replaced,
            "reference": drafts[0].request.reference,
        }
        self._hass.bus.async_fire(EVENT_TEXT_CHANGED, data)
        name = name_of_origin(self._hass, origin) or self._entry.title
        if left_out:
            async_raise_issue(
                self._hass, self._entry, IssueType.TEXT_CUT, part=origin, origin=name, characters=str(left_out)
            )
        if replaced:
            async_raise_issue(
                self._hass, self._entry, IssueType.TEXT_REPLACED, part=origin, origin=name, characters=str(replaced)
            )

    def _names(self, drafts: Sequence[Draft]) -> list[str]:
        """Return the names of those who get it, of a batch the first; a number that is no recipient's is masked."""
        targets = [target for draft in drafts for target in draft.recipients[:MAX_NAMES]][:MAX_NAMES]
        return [self._recipients.name_of_target(target) or mask_numbers(target) for target in targets]
