"""Recipients of an account, and the resolution of targets into numbers and groups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import TypeIs

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import (
    CONF_END,
    CONF_GROUP,
    CONF_MEMBERS,
    CONF_NUMBER,
    CONF_PERSON,
    CONF_QUIET_HOURS,
    CONF_SCHEDULE,
    CONF_START,
    SUBENTRY_GROUP,
    SUBENTRY_RECIPIENT,
)
from ..helpers.targets import GROUP_PREFIX, group_target
from ..helpers.text_match import comparison_key
from ..helpers.validation import is_integer
from .phone_numbers import NumberError, is_known_number, looks_like_number, parse_integer, parse_number
from .quiet_hours import QuietHours

UNKNOWN_RECIPIENT = "unknown_recipient"
# What YAML or a template made of it may not be what was written.
UNQUOTED = "unquoted"
GROUP_VOICE = "group_voice"
GROUP_BATCH = "group_batch"
# A group of recipients all of whom were removed.
GROUP_EMPTY = "group_empty"
# It gets only what is urgent for now.
PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recipient:
    """A person or a group of the gateway, under the name that the house gave it."""

    subentry_id: str
    name: str
    number: str | None
    group: str | None
    # The entity of the person whose phone it is.
    person: str | None = None
    quiet_hours: QuietHours | None = None
    # The entity whose windows are the quiet hours.
    quiet_schedule: str | None = None

    @property
    def target(self) -> str:
        """Return the number, or ``group:`` and the group."""
        return self.number or group_target(self.group or "")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RecipientGroup:
    """Several recipients under one name. The gateway does not know it: its members are written to one by one."""

    subentry_id: str
    name: str
    members: tuple[Recipient, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the targets of its members."""
        return tuple(member.target for member in self.members)


@dataclass(frozen=True, slots=True, repr=False)
class Failure:
    """A target that cannot be resolved, as written, and the translation key of the reason.

    ``row`` is that of a batch whose text, sender or reference is the reason, counted from 1.
    """

    target: str
    reason: str
    row: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Resolved:
    """Resolved targets: numbers and groups, each once, and the failures."""

    numbers: tuple[str, ...]
    groups: tuple[str, ...]
    failures: tuple[Failure, ...]
    # Numbers of ranges that are not known.
    unknown_ranges: tuple[str, ...] = ()

    @property
    def targets(self) -> list[str]:
        """Return the numbers and the groups, these with ``group:`` before them."""
        return [*self.numbers, *map(group_target, self.groups)]


class Recipients:
    """The recipients of one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, region: str) -> None:
        """Index the subentries; ``region`` is the country whose national numbers are understood."""
        self._hass = hass
        self._entry_id = entry.entry_id
        self._region = region
        self.all = [_recipient(subentry) for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT)]
        self._by_id = {recipient.subentry_id: recipient for recipient in self.all}
        self.groups = [self._group(subentry) for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)]
        self._group_by_id = {group.subentry_id: group for group in self.groups}
        named: list[Recipient | RecipientGroup] = [*self.all, *self.groups]
        self._as_written = _unambiguous((each.name, each) for each in named)
        self._by_name = _unambiguous((comparison_key(each.name), each) for each in named)
        self._by_group = _unambiguous((comparison_key(each.group), each) for each in self.all if each.group)
        self._by_person = _unambiguous((each.person, each) for each in self.all if each.person)
        self._by_number = {recipient.number: recipient for recipient in self.all if recipient.number}
        self._by_target = {recipient.target.casefold(): recipient for recipient in self.all}

    def get(self, subentry_id: str) -> Recipient | None:
        """Return the recipient of a subentry, None for a group of recipients."""
        return self._by_id.get(subentry_id)

    def get_group(self, subentry_id: str) -> RecipientGroup | None:
        """Return the group of recipients of a subentry."""
        return self._group_by_id.get(subentry_id)

    def targets_of(self, subentry_id: str) -> tuple[str, ...]:
        """Return the targets of a recipient, or those of the members of a group of recipients, by its subentry."""
        if (recipient := self._by_id.get(subentry_id)) is not None:
            return (recipient.target,)
        group = self._group_by_id.get(subentry_id)
        return group.targets if group else ()

    def find(self, number: str | None) -> Recipient | None:
        """Return the recipient of a number."""
        return self._by_number.get(number) if number else None

    def find_by_name(self, name: str) -> Recipient | RecipientGroup | None:
        """Return the recipient of a name or group, spelt exactly like that, or the only one spelt alike.

        It can be a group of recipients.
        """
        key = comparison_key(name)
        return self._as_written.get(name) or self._by_name.get(key) or self._by_group.get(key)

    def find_by_user(self, user_id: str | None) -> Recipient | None:
        """Return the recipient whose person logs in to Home Assistant as this user."""
        if user_id is None:
            return None
        persons = ((recipient, self._hass.states.get(person)) for person, recipient in self._by_person.items())
        found = (recipient for recipient, state in persons if state and state.attributes.get("user_id") == user_id)
        return next(found, None)

    def name_of(self, number: str | None) -> str | None:
        """Return the name of the recipient of a number."""
        recipient = self.find(number)
        return recipient.name if recipient else None

    def find_by_target(self, target: str) -> Recipient | None:
        """Return the recipient of a number or group."""
        return self._by_target.get(target.casefold())

    def name_of_target(self, target: str) -> str | None:
        """Return the name of the recipient of a number or group."""
        recipient = self.find_by_target(target)
        return recipient.name if recipient else None

    def quiet_hours_of(self, target: str) -> QuietHours | None:
        """Return the quiet hours of a number or group, if they are two times."""
        recipient = self.find_by_target(target)
        return recipient.quiet_hours if recipient else None

    def resolve(self, targets: Iterable[object] | None, *, voice: bool = False) -> Resolved:
        """Resolve targets into numbers and groups; without targets, all recipients.

        A target is a number, the name or entity id of a recipient or of a group of recipients, the person of a
        recipient, ``group:`` and such a group or one of the gateway, or the notify entity of the account, which is all
        recipients. What is no text may be an international number.
        """
        numbers: dict[str, None] = {}
        groups: dict[str, None] = {}
        failures: list[Failure] = []
        for written in self._everybody() if targets is None else self._one_by_one(targets, failures):
            try:
                target = self._resolve_one(written, voice=voice)
            except NumberError as err:
                failures.append(Failure(str(written), err.problem))
                continue
            if target is None or (voice and target.startswith(GROUP_PREFIX)):
                unknown = UNKNOWN_RECIPIENT if isinstance(written, str) else UNQUOTED
                failures.append(Failure(str(written), GROUP_VOICE if target else unknown))
            elif target.startswith(GROUP_PREFIX):
                groups[target.removeprefix(GROUP_PREFIX)] = None
            else:
                numbers[target] = None
        unknown_ranges = tuple(number for number in numbers if not is_known_number(number))
        return Resolved(tuple(numbers), tuple(groups), tuple(failures), unknown_ranges)

    def find_all(self, targets: Iterable[object]) -> tuple[list[Recipient], list[Failure]]:
        """Return the recipients that targets mean, each once, and the targets that mean none of this account."""
        resolved = self.resolve(targets)
        found = {target: self.find_by_target(target) for target in resolved.targets}
        unknown = [Failure(target, UNKNOWN_RECIPIENT) for target, recipient in found.items() if recipient is None]
        return list(filter(None, found.values())), [*resolved.failures, *unknown]

    def knows(self, name: str) -> bool:
        """Return whether a name or an entity id means recipients of this account.

        ``group:`` and a name can mean a group of the gateway that is none of them.
        """
        if self._is_account(name) or self.find_group(name) is not None:
            return True
        target = self._resolve_one(name, voice=True)
        return target is not None and self.find_by_target(target) is not None

    def find_group(self, target: object) -> RecipientGroup | None:
        """Return the group of recipients that a target means, by its name, ``group:`` and its name, or its entity.

        A group of the gateway that is a recipient is meant first.
        """
        if not self.groups or not isinstance(target, str) or looks_like_number(written := target.strip()):
            return None
        name = written.removeprefix(GROUP_PREFIX).strip()
        if name != written and self.find_by_target(group_target(name)) is not None:
            return None
        found = self._group_by_entity(written) or self.find_by_name(name)
        return found if isinstance(found, RecipientGroup) else None

    def _everybody(self) -> list[str]:
        return [recipient.target for recipient in self.all]

    def _one_by_one(self, targets: Iterable[object], failures: list[Failure]) -> Iterator[object]:
        """Yield targets, those that mean several recipients as these; a group without members is a failure."""
        for target in targets:
            if self._is_account(target):
                yield from self._everybody()
            elif (group := self.find_group(target)) is None:
                yield target
            elif group.members:
                yield from group.targets
            else:
                failures.append(Failure(group.name, GROUP_EMPTY))

    def _is_account(self, target: object) -> bool:
        """Return whether a target is the notify entity of the account, which writes to everybody."""
        entity = er.async_get(self._hass).async_get(target) if isinstance(target, str) else None
        return entity is not None and (entity.domain, entity.config_entry_id, entity.config_subentry_id) == (
            Platform.NOTIFY,
            self._entry_id,
            None,
        )

    def _resolve_one(self, written: object, *, voice: bool) -> str | None:
        """Return the number or group of one target, None for a name that nobody has, or what may be another number.

        Names come last, for their punctuation does not count: nobody called "#06…" gets what goes to that number.
        """
        if not isinstance(written, str):
            return parse_integer(written, self._region, voice=voice) if is_integer(written) else None
        target = written.strip()
        if target.startswith(GROUP_PREFIX):
            group = target.removeprefix(GROUP_PREFIX).strip()
            return group_target(group) if group else None
        if looks_like_number(target):
            return parse_number(target, self._region, voice=voice)
        known = self._by_id.get(self._subentry_of(target)) or self._by_person.get(target)
        recipient = known or self.find_by_name(target)
        return recipient.target if isinstance(recipient, Recipient) else None

    def _group_by_entity(self, entity_id: str) -> RecipientGroup | None:
        return self._group_by_id.get(self._subentry_of(entity_id))

    def _subentry_of(self, entity_id: str) -> str:
        """Return the id of the subentry to which an entity belongs, an empty one for none."""
        entity = er.async_get(self._hass).async_get(entity_id)
        return (entity.config_subentry_id if entity else None) or ""

    def _group(self, subentry: ConfigSubentry) -> RecipientGroup:
        """Return a group of recipients, without the members that were removed meanwhile."""
        members = filter(None, map(self._by_id.get, subentry.data[CONF_MEMBERS]))
        return RecipientGroup(subentry_id=subentry.subentry_id, name=subentry.title, members=tuple(members))


def is_recipient_name(target: object) -> TypeIs[str]:
    """Return whether a target is a name or an entity id: no number, and no group of the gateway."""
    if not isinstance(target, str) or not target.strip():
        return False
    return not target.strip().startswith(GROUP_PREFIX) and not looks_like_number(target)


def _unambiguous[T](named: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Index recipients by their names, or by what counts of these; what two of them share finds neither.

    No form takes two such names, but Home Assistant lets a person rename what was added.
    """
    found: dict[str, list[T]] = {}
    for name, recipient in named:
        found.setdefault(name, []).append(recipient)
    return {name: recipients[0] for name, recipients in found.items() if len(recipients) == 1}


def _recipient(subentry: ConfigSubentry) -> Recipient:
    return Recipient(
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        number=subentry.data.get(CONF_NUMBER),
        group=subentry.data.get(CONF_GROUP),
        person=subentry.data.get(CONF_PERSON),
        quiet_hours=_quiet_hours(subentry),
        quiet_schedule=subentry.data.get(CONF_QUIET_HOURS, {}).get(CONF_SCHEDULE),
    )


def _quiet_hours(subentry: ConfigSubentry) -> QuietHours | None:
    if (kept := subentry.data.get(CONF_QUIET_HOURS)) is None or CONF_SCHEDULE in kept:
        return None
    return QuietHours(start=time.fromisoformat(kept[CONF_START]), end=time.fromisoformat(kept[CONF_END]))
