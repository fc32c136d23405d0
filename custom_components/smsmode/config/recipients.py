"""Recipients of an account, and the resolution of targets into numbers and groups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import TypeIs

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import CONF_END, CONF_GROUP, CONF_NUMBER, CONF_QUIET_HOURS, CONF_START, SUBENTRY_RECIPIENT
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
# It gets only what is urgent for now.
PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recipient:
    """A person or a group of the gateway, under the name that the house gave it."""

    subentry_id: str
    name: str
    number: str | None
    group: str | None
    quiet_hours: QuietHours | None = None

    @property
    def target(self) -> str:
        """Return the number, or ``group:`` and the group."""
        return self.number or group_target(self.group or "")


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
        self._as_written = {recipient.name: recipient for recipient in self.all}
        self._by_name = _unambiguous((recipient.name, recipient) for recipient in self.all)
        self._by_group = _unambiguous((recipient.group, recipient) for recipient in self.all if recipient.group)
        self._by_number = {recipient.number: recipient for recipient in self.all if recipient.number}
        self._by_target = {recipient.target.casefold(): recipient for recipient in self.all}

    def get(self, subentry_id: str) -> Recipient:
        """Return the recipient of a subentry."""
        return self._by_id[subentry_id]

    def find(self, number: str | None) -> Recipient | None:
        """Return the recipient of a number."""
        return self._by_number.get(number) if number else None

    def find_by_name(self, name: str) -> Recipient | None:
        """Return the recipient of a name or group, spelt exactly like that, or the only one spelt alike."""
        key = comparison_key(name)
        return self._as_written.get(name) or self._by_name.get(key) or self._by_group.get(key)

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
        """Return the quiet hours of a number or group."""
        recipient = self.find_by_target(target)
        return recipient.quiet_hours if recipient else None

    def resolve(self, targets: Iterable[object] | None, *, voice: bool = False) -> Resolved:
        """Resolve targets into numbers and groups; without targets, all recipients.

        A target is a number, a recipient's name or entity id, ``group:`` and a group of the gateway, or the notify
        entity of the account, which is all recipients. What is no text may be an international number.
        """
        numbers: dict[str, None] = {}
        groups: dict[str, None] = {}
        failures: list[Failure] = []
        for written in self._everybody() if targets is None else self._one_by_one(targets):
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
        """Return whether a name or an entity id means recipients of this account."""
        return self._is_account(name) or self._resolve_one(name, voice=True) is not None

    def _everybody(self) -> list[str]:
        return [recipient.target for recipient in self.all]

    def _one_by_one(self, targets: Iterable[object]) -> Iterator[object]:
        for target in targets:
            yield from self._everybody() if self._is_account(target) else (target,)

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
        recipient = self._by_entity(target) or self.find_by_name(target)
        return recipient.target if recipient else None

    def _by_entity(self, entity_id: str) -> Recipient | None:
        entity = er.async_get(self._hass).async_get(entity_id)
        return self._by_id.get(entity.config_subentry_id) if entity and entity.config_subentry_id else None


def is_recipient_name(target: object) -> TypeIs[str]:
    """Return whether a target is a name or an entity id: no number, and no group of the gateway."""
    if not isinstance(target, str) or not target.strip():
        return False
    return not target.strip().startswith(GROUP_PREFIX) and not looks_like_number(target)


def _unambiguous(named: Iterable[tuple[str, Recipient]]) -> dict[str, Recipient]:
    """Index recipients by what counts of their names; what two of them share finds neither.

    No form takes two such names, but Home Assistant lets a person rename what was added.
    """
    found: dict[str, list[Recipient]] = {}
    for name, recipient in named:
        found.setdefault(comparison_key(name), []).append(recipient)
    return {key: recipients[0] for key, recipients in found.items() if len(recipients) == 1}


def _recipient(subentry: ConfigSubentry) -> Recipient:
    return Recipient(
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        number=subentry.data.get(CONF_NUMBER),
        group=subentry.data.get(CONF_GROUP),
        quiet_hours=_quiet_hours(subentry),
    )


def _quiet_hours(subentry: ConfigSubentry) -> QuietHours | None:
    if (kept := subentry.data.get(CONF_QUIET_HOURS)) is None:
        return None
    return QuietHours(start=time.fromisoformat(kept[CONF_START]), end=time.fromisoformat(kept[CONF_END]))
