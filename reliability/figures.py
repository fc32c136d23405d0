"""Figures of a proof: values that are reported, and limits that fail it."""

from collections.abc import Callable, Iterable


class Figures:
    """Figures of one proof: `note` reports, `zero` must be 0, `within` and `at_least` have a limit."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        """Keep the function that adds a figure to the report of the test."""
        self._record = record
        self._wrong: list[str] = []

    def note(self, **values: float | str) -> None:
        """Report values."""
        for name, value in values.items():
            self._record(name, value)

    def zero(self, **values: int) -> None:
        """Report counts that must be 0."""
        self.note(**values)
        self._wrong += [f"{name} is {value}, not 0" for name, value in values.items() if value]

    def within(self, limit: float, **values: float) -> None:
        """Report values that must not be above a limit."""
        self.note(**{name: f"{value:g} (≤ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, above {limit:g}" for name, value in values.items() if value > limit]

    def at_least(self, limit: float, **values: float) -> None:
        """Report values that must not be below a limit."""
        self.note(**{name: f"{value:g} (≥ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, below {limit:g}" for name, value in values.items() if value < limit]

    def check(self, details: Iterable[str] = ()) -> None:
        """Fail if a figure is wrong; ``details`` say what it was about."""
        assert not self._wrong, "; ".join([*self._wrong, *details])
