"""Groups of recipients: validation from a form or from YAML, and the subentry that one becomes."""

from collections.abc import Container, Iterable, Sequence
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.const import CONF_NAME

from ..const import CONF_GROUP, CONF_MEMBERS, SUBENTRY_GROUP, SUBENTRY_RECIPIENT
from ..helpers.targets import group_target
from ..helpers.text_match import comparison_key
from .recipient_validation import RecipientError, RecipientProblem, check_name


class GroupProblem(StrEnum):
    """What can be wrong with the members of a group of recipients; the value is the translation key."""

    MEMBERS_MISSING = "members_missing"
    MEMBER_UNKNOWN = "member_unknown"


def read_group(name: str, members: Sequence[str], known: Container[str], taken: Iterable[str]) -> ConfigSubentryData:
    """Validate a group of recipients, whose name must be none of ``taken``. Raises RecipientError."""
    name = " ".join(name.split())
    check_name(name)
    if comparison_key(name) in map(comparison_key, taken):
        raise RecipientError(CONF_NAME, RecipientProblem.NAME_TAKEN)
    if not members:
        raise RecipientError(CONF_MEMBERS, GroupProblem.MEMBERS_MISSING)
    if not all(member in known for member in members):
        raise RecipientError(CONF_MEMBERS, GroupProblem.MEMBER_UNKNOWN)
    data = {CONF_MEMBERS: list(dict.fromkeys(members))}
    return ConfigSubentryData(subentry_type=SUBENTRY_GROUP, title=name, data=data, unique_id=None)


def taken_names(entry: ConfigEntry, own_id: str | None = None) -> list[str]:
    """Return the names that no other group can have: those of recipients, groups, and known groups of the gateway."""
    recipients = list(entry.get_subentries_of_type(SUBENTRY_RECIPIENT))
    groups = entry.get_subentries_of_type(SUBENTRY_GROUP)
    names = [each.title for each in (*recipients, *groups) if each.subentry_id != own_id]
    return [*names, *(each.data[CONF_GROUP] for each in recipients if CONF_GROUP in each.data)]


def names_of_groups(entry: ConfigEntry) -> list[tuple[str, str | None]]:
    """Return titles and targets of the groups of recipients, to which a recipient can have neither."""
    return [(each.title, group_target(each.title)) for each in entry.get_subentries_of_type(SUBENTRY_GROUP)]
