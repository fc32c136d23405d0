"""Faults on command: what goes wrong, at which endpoint, and how many times or how long."""

from codecs import lookup
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

ANY = "*"

# Whether the request takes effect before it goes wrong, unless the command says otherwise.
TAKES_EFFECT = {
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
    "twice": True,
    "answer_of": True,
}
ARGUMENTS: dict[str, Callable[[str], object]] = {
    "code": int,
    "http": int,
    "cut": int,
    "slow": float,
    "charset": lookup,
    "redirect": str,
    "text": str,
    "answer_of": str,
}


@dataclass
class Fault:
    """Fault of an endpoint: `times` requests, or all until `expires_at`; None is no limit."""

    endpoint: str
    kind: str
    argument: str
    takes_effect: bool
    times: int | None
    expires_at: datetime | None = None

    @classmethod
    def read(cls, command: dict[str, Any], now: datetime) -> Self:
        """Read `{"endpoint", "fault": "kind" or "kind:argument", "times", "seconds", "act"}`.

        With `seconds`, all requests fail until so many seconds of the gateway's time have passed. ValueError if the
        kind is unknown, or if its argument is missing, superfluous or wrong.
        """
        kind, _, argument = str(command["fault"]).partition(":")
        if kind not in TAKES_EFFECT:
            raise ValueError(f"unknown fault {kind}")
        if (kind in ARGUMENTS) != bool(argument):
            raise ValueError(f"fault {kind} needs an argument, or takes none")
        ARGUMENTS.get(kind, str)(argument)
        effect, seconds = command.get("act"), command.get("seconds")
        return cls(
            endpoint=str(command.get("endpoint", ANY)),
            kind=kind,
            argument=argument,
            takes_effect=TAKES_EFFECT[kind] if effect is None else bool(effect),
            times=command.get("times", 1) if seconds is None else None,
            expires_at=None if seconds is None else now + timedelta(seconds=float(seconds)),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it for the control API."""
        return asdict(self) | {"expires_at": self.expires_at.isoformat() if self.expires_at else None}


class Faults:
    """Active faults, oldest first."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.active: list[Fault] = []

    def take(self, endpoint: str, now: datetime) -> Fault | None:
        """Return the oldest fault for a request to this endpoint, and count the request; None if there is none."""
        self.active = [fault for fault in self.active if fault.expires_at is None or now < fault.expires_at]
        for fault in self.active:
            if fault.endpoint in {ANY, endpoint}:
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.active.remove(fault)
