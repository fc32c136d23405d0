"""A collection that remembers what changed in it, so that only that need be written to disk. Pure."""

from collections import UserDict
from collections.abc import Iterable, Iterator
from typing import Final, override

type ChangedField = tuple[str, str]
"""The key of an entry, and the field of it that changed; the empty field is the entry itself."""
# The thing itself and no other part, as nearly always: one for all spares 200 bytes for each message not written yet.
_ALONE: Final[dict[str, None]] = {"": None}


class TrackedDict[V](UserDict[str, V]):
    """A dict in the order of arrival.

    What is put on it, and what is `touch`ed, is to be written; what is taken off is to be removed from the disk first,
    even if something new stands under the same key.
    """

    def __init__(self) -> None:
        """Begin empty, with nothing to write."""
        super().__init__()
        self._changed: dict[str, dict[str, None]] = {}
        self._removed: set[str] = set()

    @override
    def __setitem__(self, key: str, value: V) -> None:
        """Put something on it."""
        super().__setitem__(key, value)
        self.mark_changed(key)

    @override
    def __delitem__(self, key: str) -> None:
        """Take something off, with all its parts."""
        super().__delitem__(key)
        self._changed.pop(key, None)
        self._removed.add(key)

    def latest_first(self) -> Iterator[V]:
        """Give what is on it, the latest arrival first."""
        return reversed(self.data.values())

    def mark_changed(self, key: str, part: str = "") -> None:
        """Note that something on it is different; of what is not on it there is nothing to write."""
        if key not in self.data:
            return
        parts = self._changed.setdefault(key, {part: None} if part else _ALONE)
        if part not in parts:
            if parts is _ALONE:
                parts = self._changed[key] = dict(_ALONE)
            parts[part] = None

    def load(self, key: str, value: V) -> None:
        """Put something on it that is on the disk already."""
        self.data[key] = value

    def drop_oldest(self) -> tuple[str, V]:
        """Take off what has been on it the longest."""
        key = next(iter(self.data))
        return key, self.pop(key)

    def drain_changes(self) -> tuple[set[str], list[ChangedField]]:
        """Give the keys to remove, and then what to write; whoever takes it and cannot write it gives it back."""
        changes = self._removed, [(key, part) for key, parts in self._changed.items() for part in parts]
        self._removed, self._changed = set(), {}
        return changes

    def restore_changes(self, removed: Iterable[str], changed: Iterable[ChangedField]) -> None:
        """Note again what could not be written: before whatever changed since, for the order on the disk is ours."""
        since, self._changed = self._changed, {}
        for key, part in changed:
            # What was taken off since is not there any more, though something new may stand under its key.
            if key not in self._removed:
                self.mark_changed(key, part)
        for key, parts in since.items():
            for part in parts:
                self.mark_changed(key, part)
        self._removed.update(removed)
