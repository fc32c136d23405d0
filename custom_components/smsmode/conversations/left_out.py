"""People whom an alert or a question leaves out, because their name is unknown or nothing can be sent to them.

The others are written to all the same: one wrong name must not keep an alarm from everybody. Whoever set it up is told
by the response, the log, and a repair issue until the same alert or question leaves nobody out.
"""

from collections.abc import Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import slugify

from ..config.recipients import Failure
from ..const import LOGGER
from ..errors import describe
from ..helpers.origins import name_of_origin
from ..helpers.redaction import mask_numbers, quoted
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue


@callback
def async_tell_left_out(
    hass: HomeAssistant, entry: ConfigEntry, failures: Sequence[Failure], *, name: str | None, origin: str | None
) -> None:
    """Raise the issue of an alert or a question, by its name or else its origin; clear it if nobody is left out."""
    title = name or name_of_origin(hass, origin) or entry.title
    key = slugify(name or origin or "", separator="-")
    if not failures:
        async_clear_issue(hass, entry, IssueType.RECIPIENTS_LEFT_OUT, key)
        return
    LOGGER.warning("Not everybody is asked or alarmed: %s", describe(failures))
    names = dict.fromkeys(quoted(mask_numbers(failure.target) or "–") for failure in failures)
    listed = "\n".join(f"- {each}" for each in names)
    async_raise_issue(hass, entry, IssueType.RECIPIENTS_LEFT_OUT, key, name=title, list=listed)


def left_out(failures: Sequence[Failure]) -> dict[str, Any]:
    """Return the part of a response that names who was left out, nothing if nobody was."""
    found = [{"target": failure.target, "reason": failure.reason} for failure in dict.fromkeys(failures)]
    return {"failed": found} if found else {}
