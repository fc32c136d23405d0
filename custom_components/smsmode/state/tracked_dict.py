"""A dict that tracks its changes, so that only what changed is written to disk. Pure."""

from collections import UserDict
from collections.abc import Iterable, Iterator
from typing import override

type ChangedField = tuple[str, str]
"""The key of an entry, and the field of it that changed; the empty field is the entry itself."""


class TrackedDict[V](UserDict[str, V]):
    """A dict in the order of insertion.

    What is inserted or marked as changed is to be written; what is deleted is to be removed from the disk first, even
    if a new entry has the same key.
    """

    def __init__(self) -> None:
        """Create an empty dict with no changes."""
        super().__init__()
        self._changed: dict[str, dict[str, None]] = {}
        self._removed: set[str] = set()

    @override
    def __setitem__(self, key: str, value: V) -> None:
        """Insert or replace an entry."""
        super().__setitem__(key, value)
        self.mark_changed(key)

    @override
    def __delitem__(self, key: str) -> None:
        """Delete an entry with all its fields."""
        super().__delitem__(key)
        self._changed.pop(key, None)
        self._removed.add(key)

    def latest_first(self) -> Iterator[V]:
        """Return the entries, the latest insertion first."""
        return reversed(self.data.values())

    def mark_changed(self, key: str, field: str = "") -> None:
        """Mark a field of an entry as changed; of an entry that is not there, nothing is to be written."""
        if key in self.data:
            self._changed.setdefault(key, {})[field] = None

    def load(self, key: str, value: V) -> None:
        """Insert an entry that is on the disk already."""
        self.data[key] = value

    def drop_oldest(self) -> tuple[str, V]:
        """Delete the oldest entry and return it."""
        key = next(iter(self.data))
        return key, self.pop(key)

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self._changed or self._removed)

    def drain_changes(self) -> tuple[set[str], list[ChangedField]]:
        """Return the keys to remove, and then the fields to write; whoever cannot write them restores them."""
        changes = self._removed, [(key, field) for key, fields in self._changed.items() for field in fields]
        self._removed, self._changed = set(), {}
        return changes

    def restore_changes(self, removed: Iterable[str], changed: Iterable[ChangedField]) -> None:
        """Mark again what could not be written: before whatever changed since, because order on disk is insertion."""
        since, self._changed = self._changed, {}
        for key, field in changed:
            # What was deleted since is not there any more, though a new entry may have its key.
            if key not in self._removed:
                self.mark_changed(key, field)
        for key, fields in since.items():
            for field in fields:
                self.mark_changed(key, field)
        self._removed.update(removed)
