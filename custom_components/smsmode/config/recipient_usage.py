"""Recipients named in the configuration of automations and scripts: found in the actions, triggers and conditions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import ATTR_CONFIG_ENTRY_ID, CONF_ACCOUNT, DOMAIN
from .recipients import is_recipient_name

_COMPONENTS = ("automation", "script")
_ALERT = f"{DOMAIN}.alert"
_TEMPLATE = ("{{", "{%")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecipientUsage:
    """Recipients that an automation or a script names in one place; ``account`` is the id or name of theirs."""

    used_by: str
    names: tuple[str, ...]
    account: str | None = None
    is_alert: bool = False


def find_usages(hass: HomeAssistant) -> Iterator[RecipientUsage]:
    """Yield what the automations and scripts name, those that were made from a blueprint as well.

    Home Assistant keeps their configuration at its entities; where it does so no more, nothing is found.
    """
    for component in _COMPONENTS:
        for entity in getattr(hass.data.get(component), "entities", ()):
            yield from usages_in(getattr(entity, "raw_config", None), entity.entity_id)


def usages_in(config: Any, used_by: str) -> Iterator[RecipientUsage]:
    """Yield what a configuration names, however deep; what templates name is known only when they are rendered."""
    if isinstance(config, Mapping):
        if usage := _usage(config, used_by):
            yield usage
        for value in config.values():
            yield from usages_in(value, used_by)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from usages_in(value, used_by)


def _usage(config: Mapping[Any, Any], used_by: str) -> RecipientUsage | None:
    action = str(config.get("action", config.get("service", "")))
    if action.startswith((f"{DOMAIN}.", "notify.")):
        data = config.get("data", config.get("data_template"))
        names = tuple(_names(data, ("target", "recipient", "recipients")))
    elif any(str(config.get(kind, "")).startswith(f"{DOMAIN}.") for kind in ("trigger", "platform", "condition")):
        data = config.get("options")
        names = tuple(_names(data, ("recipient",)))
    else:
        return None
    account = data.get(ATTR_CONFIG_ENTRY_ID, data.get(CONF_ACCOUNT)) if isinstance(data, Mapping) else None
    if action.startswith("notify."):
        account = action
    known = account if isinstance(account, str) else None
    return RecipientUsage(used_by=used_by, names=names, account=known, is_alert=action == _ALERT) if names else None


def _names(data: Any, fields: tuple[str, ...]) -> Iterator[str]:
    """Yield the names in the fields of recipients, those of the steps of an alert and the rows of a batch as well."""
    if not isinstance(data, Mapping):
        return
    for field in fields:
        written = data.get(field)
        for name in written if isinstance(written, list) else [written]:
            if is_recipient_name(name) and not any(mark in name for mark in _TEMPLATE):
                yield name
    for field in ("steps", "messages"):
        rows = data.get(field)
        for row in rows if isinstance(rows, list) else [rows]:
            yield from _names(row, fields)
