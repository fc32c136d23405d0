"""Has somebody set the clock? Pure: both clocks are handed in."""

from datetime import datetime, timedelta

# Clocks are also nudged by seconds, and a busy house reads them one after the other.
TOLERANCE = timedelta(seconds=30)


class ClockJumpDetector:
    """Compares the clock on the wall with one that nobody can set."""

    def __init__(self, wall: datetime, steady: float) -> None:
        """Begin with what both say now; ``steady`` is in seconds."""
        self._wall = wall
        self._steady = steady

    def jump(self, wall: datetime, steady: float) -> timedelta:
        """Say by how much the clock on the wall was set since it was last asked; not at all if hardly."""
        by = (wall - self._wall) - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return by if abs(by) > TOLERANCE else timedelta(0)
