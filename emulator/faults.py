"""Misbehaviour on command: what goes wrong, at which endpoint, how many times."""

from codecs import lookup
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

ANY = "*"

# Whether the request is acted upon before it goes wrong, unless the order says otherwise.
ACTS = {
    "code": False,
    "http": False,
    "redirect": False,
    "html": False,
    "text": False,
    "big": False,
    "drop_before": False,
    "hang_before": False,
    "drop_after": True,
    "hang_after": True,
    "empty": True,
    "half": True,
    "cut": True,
    "garble": True,
    "slow": True,
    "charset": True,
}
ARGUMENTS: dict[str, Callable[[str], object]] = {
    "code": int,
    "http": int,
    "cut": int,
    "slow": float,
    "charset": lookup,
    "redirect": str,
    "text": str,
}


@dataclass
class Fault:
    """One order to misbehave; `times` is None for ever."""

    endpoint: str
    kind: str
    argument: str
    acts: bool
    times: int | None

    @classmethod
    def read(cls, order: dict[str, Any]) -> Self:
        """Read `{"endpoint", "fault": "kind" or "kind:argument", "times", "act"}`; ValueError if it makes no sense."""
        kind, _, argument = str(order["fault"]).partition(":")
        if kind not in ACTS:
            raise ValueError(f"unknown fault {kind}")
        if (kind in ARGUMENTS) != bool(argument):
            raise ValueError(f"fault {kind} wants an argument, or wants none")
        ARGUMENTS.get(kind, str)(argument)
        times = order.get("times", 1)
        acts = order.get("act")
        return cls(str(order.get("endpoint", ANY)), kind, argument, ACTS[kind] if acts is None else bool(acts), times)


class Faults:
    """The orders that still hold."""

    def __init__(self) -> None:
        """Begin well-behaved."""
        self.orders: list[Fault] = []

    def take(self, endpoint: str) -> Fault | None:
        """Return the oldest order for this endpoint, and count it."""
        for order in self.orders:
            if order.endpoint in {ANY, endpoint}:
                self._count(order)
                return order
        return None

    def _count(self, order: Fault) -> None:
        if order.times is not None:
            order.times -= 1
            if order.times <= 0:
                self.orders.remove(order)
