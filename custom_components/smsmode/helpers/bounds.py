"""Bounds of what is kept in memory. Pure."""

from collections import OrderedDict


def drop_oldest[K, V](entries: OrderedDict[K, V], most: int) -> None:
    """Keep no more entries than may be; the oldest are dropped first."""
    while len(entries) > most:
        entries.popitem(last=False)
