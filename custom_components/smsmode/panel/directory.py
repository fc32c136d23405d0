"""Directory of threads: with whom there is a conversation, and to which of them a message belongs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..config.recipients import Recipient, RecipientGroup, Recipients
from ..helpers.targets import GROUP_PREFIX, group_target
from ..state.message_log import TrackedMessage

# Of a message to more numbers than that, only recipients have it in their conversations.
MAX_NUMBERS: Final = 100


class ThreadKind(StrEnum):
    """Kind of a thread: a person, several of the house under one name, a group of the gateway, an unknown number."""

    RECIPIENT = "recipient"
    GROUP = "group"
    GATEWAY_GROUP = "gateway_group"
    NUMBER = "number"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Correspondent:
    """Whom a thread is with."""

    key: str
    kind: ThreadKind
    recipient: Recipient | None = None
    group: RecipientGroup | None = None

    @property
    def name(self) -> str | None:
        """Return the name that the house gave."""
        named = self.recipient or self.group
        return named.name if named else None

    @property
    def number(self) -> str | None:
        """Return the only number that belongs to it."""
        return None if self.key.startswith(GROUP_PREFIX) else self.key


class ThreadDirectory:
    """The threads of one account. A message to exactly the members of a group belongs to the group as well."""

    def __init__(self, recipients: Recipients) -> None:
        """List those that exist without any message: the recipients and the groups of recipients."""
        self._recipients = recipients
        known = [_of_recipient(each) for each in recipients.all] + [_of_group(each) for each in recipients.groups]
        self.known = {each.key: each for each in known}
        self._numbers = [each.key for each in known if each.kind is ThreadKind.RECIPIENT]
        self._by_id = {each.subentry_id: group_target(each.name) for each in recipients.groups}
        self._by_members = {frozenset(each.targets): group_target(each.name) for each in recipients.groups}

    def find(self, key: str) -> Correspondent:
        """Return the correspondent of a thread; whoever is not known is a number, or a group of the gateway."""
        is_group = key.startswith(GROUP_PREFIX)
        return self.known.get(key) or Correspondent(
            key=key, kind=ThreadKind.GATEWAY_GROUP if is_group else ThreadKind.NUMBER
        )

    def threads_of(self, message: TrackedMessage) -> list[str]:
        """Return the keys of the threads that a message of the log belongs to."""
        targets = [group_target(message.group)] if message.group else message.codes
        return self.threads_to(targets, message.details.group_id if message.details else None)

    def threads_to(self, targets: Collection[str], group_id: str | None = None) -> list[str]:
        """Return the keys of the threads that a message to some numbers, or to a group, belongs to; a group is last.

        ``group_id`` is the group of recipients that it was written to: quiet hours may have divided it.
        """
        shown: Iterable[str] = targets
        if len(targets) > MAX_NUMBERS:
            shown = [number for number in self._numbers if number in targets]
        keys = [self._key(target) for target in shown]
        together = self._by_id.get(group_id or "")
        if together is None and 1 < len(targets) <= MAX_NUMBERS:
            together = self._by_members.get(frozenset(targets))
        return [*keys, together] if together else keys

    def _key(self, target: str) -> str:
        """Return the key of the thread of a target, as the house writes it."""
        recipient = self._recipients.find_by_target(target) if target.startswith(GROUP_PREFIX) else None
        return recipient.target if recipient else target


def _of_recipient(recipient: Recipient) -> Correspondent:
    kind = ThreadKind.RECIPIENT if recipient.number else ThreadKind.GATEWAY_GROUP
    return Correspondent(key=recipient.target, kind=kind, recipient=recipient)


def _of_group(group: RecipientGroup) -> Correspondent:
    return Correspondent(key=group_target(group.name), kind=ThreadKind.GROUP, group=group)
