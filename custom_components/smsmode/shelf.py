"""A collection that remembers what changed in it, so that only that need be written to disk. Pure."""

from collections import UserDict
from typing import override

type Part = tuple[str, str]
"""A key, and which part of what stands under it; the empty part is the thing itself."""


class Shelf[V](UserDict[str, V]):
    """A dict in the order of arrival.

    What is put on it, and what is `touch`ed, is in ``changed``; what was ever taken off since, in ``removed``: it is to
    be removed from the disk first, even if the same key came back.
    """

    def __init__(self) -> None:
        """Begin empty, with nothing to write."""
        super().__init__()
        self.changed: dict[Part, None] = {}
        self.removed: set[str] = set()

    @override
    def __setitem__(self, key: str, value: V) -> None:
        """Put something on it."""
        super().__setitem__(key, value)
        self.touch(key)

    @override
    def __delitem__(self, key: str) -> None:
        """Take something off, with all its parts."""
        super().__delitem__(key)
        self.removed.add(key)

    def touch(self, key: str, part: str = "") -> None:
        """Note that something on it is different."""
        self.changed[key, part] = None

    def restore(self, key: str, value: V) -> None:
        """Put something on it that is on the disk already."""
        self.data[key] = value

    def drop_oldest(self) -> tuple[str, V]:
        """Take off what has been on it the longest."""
        key = next(iter(self.data))
        return key, self.pop(key)
