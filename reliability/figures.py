"""Figures of a proof: values that are reported, and limits that fail it."""

from collections.abc import Callable


class Figures:
    """What one proof measured: `note` is told, `zero` must be nothing, `within` must not be above a limit."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        """Write each figure into the report of the test."""
        self._record = record
        self._wrong: list[str] = []

    def note(self, **values: float | str) -> None:
        """Write down how much was done."""
        for name, value in values.items():
            self._record(name, value)

    def zero(self, **values: int) -> None:
        """Write down what must not have happened."""
        self.note(**values)
        self._wrong += [f"{name} is {value}, not 0" for name, value in values.items() if value]

    def within(self, limit: float, **values: float) -> None:
        """Write down what may be so much at most."""
        self.note(**{name: f"{value:g} (≤ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, above {limit:g}" for name, value in values.items() if value > limit]

    def at_least(self, limit: float, **values: float) -> None:
        """Write down what must be so much at least."""
        self.note(**{name: f"{value:g} (≥ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, below {limit:g}" for name, value in values.items() if value < limit]

    def check(self) -> None:
        """Fail for whatever was wrong."""
        assert not self._wrong, "; ".join(self._wrong)
