"""Nemesis: everything that can go wrong with a house and its gateway, one kind beside the other, for minutes each."""

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from random import Random
from shutil import copy

from tests.support.disks import refusing
from tests.support.gateway import Gateway

from .clock_world import ClockWorld
from .random_faults import RandomFaults

CREDITS = 1_000_000
LISTS = ("smsList.do", "responseList.do", "compteRendu.do")
# In seconds.
LASTS = (20, 60, 150, 400)
LAGS = (5, 45, 100)
# How often a fault of a kind begins that is possible.
BEGINS = 0.12


class Kind(StrEnum):
    """Kind of fault."""

    GATEWAY = "gateway"  # drops, loses answers, garbles, refuses
    TWICE = "twice"  # answers twice
    LISTS = "lists"  # fail, one or all
    FOREIGN_ROWS = "foreign rows"  # of another program, in the list of sent messages
    UNREADABLE_ROWS = "unreadable rows"
    LAG = "lag"  # of the list of sent messages
    NO_CREDIT = "no credit"
    KEY = "key"  # refused, and accepted again
    DISK = "disk"
    CLOCK = "clock"
    RESTART = "restart"
    BACKUP = "backup"  # made, and restored later


class Nemesis:
    """Faults of some kinds, begun and ended at random."""

    def __init__(self, world: ClockWorld, faults: RandomFaults, rng: Random, kinds: tuple[Kind, ...]) -> None:
        """Begin without faults."""
        self._world, self._faults, self._rng = world, faults, rng
        self._ends: dict[Kind, tuple[float, Callable[[], Awaitable[None]]]] = {}
        self._disk = ExitStack()
        self._backup: Path | None = None
        begins: dict[Kind, Callable[[], Awaitable[None]]] = {
            Kind.GATEWAY: self._misbehave,
            Kind.TWICE: self._answer_twice,
            Kind.LISTS: self._fail_lists,
            Kind.FOREIGN_ROWS: self._add_rows,
            Kind.UNREADABLE_ROWS: self._spoil_rows,
            Kind.LAG: self._lag,
            Kind.NO_CREDIT: self._take_credits,
            Kind.KEY: self._revoke_key,
            Kind.DISK: self._fill_disk,
            Kind.CLOCK: self._move_clock,
            Kind.RESTART: self._restart,
            Kind.BACKUP: self._back_up,
        }
        self._begins = {kind: begins[kind] for kind in kinds}
        self.done: Counter[str] = Counter()
        self.log: list[str] = []
        # When a backup was made, and restored.
        self.restored: list[tuple[float, float]] = []
        self._backed_up_at = 0.0

    @property
    def _gateway(self) -> Gateway:
        return self._world.house.gateway

    async def act(self) -> None:
        """End what has lasted long enough, and begin something, perhaps."""
        for kind, (until, end) in list(self._ends.items()):
            if self._world.now >= until:
                del self._ends[kind]
                await end()
        possible = [kind for kind in self._begins if kind not in self._ends]
        if possible and self._rng.random() < BEGINS:
            kind = self._rng.choice(possible)
            self.done[kind] += 1
            self.log.append(f"{kind} at {self._world.now / 60:.0f} min")
            await self._begins[kind]()

    async def finish(self) -> None:
        """End everything."""
        for _, end in self._ends.values():
            await end()
        self._ends.clear()
        self._world.put_right()

    def _last(self, kind: Kind, end: Callable[[], Awaitable[None]]) -> None:
        self._ends[kind] = self._world.now + self._rng.choice(LASTS), end

    async def _behave(self) -> None:
        self._faults.fault_rate = 0

    async def _set(self, **settings: object) -> None:
        await self._gateway.set(**settings)

    async def _misbehave(self) -> None:
        self._faults.fault_rate = self._rng.choice((0.2, 0.5, 0.9))
        self._last(Kind.GATEWAY, self._behave)

    async def _answer_twice(self) -> None:
        await self._gateway.fail(self._rng.choice(("*", "sendSMS.do", "credit.do")), "twice", 1)

    async def _fail_lists(self) -> None:
        fault = self._rng.choice(("code:50", "http:500", "garble", "html", "half"))
        for endpoint in self._rng.choice((LISTS, *((each,) for each in LISTS))):
            await self._gateway.fail(endpoint, fault, seconds=self._rng.choice(LASTS))

    async def _add_rows(self) -> None:
        await self._gateway.add_foreign_messages(self._rng.choice((3, 60)))

    async def _spoil_rows(self) -> None:
        await self._set(unparsable_rows={"smsList.do": 1})
        self._last(Kind.UNREADABLE_ROWS, lambda: self._set(unparsable_rows={"smsList.do": 0}))

    async def _lag(self) -> None:
        await self._set(sent_list_lag=self._rng.choice(LAGS))
        self._last(Kind.LAG, lambda: self._set(sent_list_lag=0))

    async def _take_credits(self) -> None:
        await self._set(balance=0)
        self._last(Kind.NO_CREDIT, lambda: self._set(balance=CREDITS))

    async def _revoke_key(self) -> None:
        await self._gateway.revoke()
        # Accepted again without anybody doing anything in the house: it goes on by itself.
        self._last(Kind.KEY, lambda: self._set(token=self._gateway.token))

    async def _fill_disk(self) -> None:
        self._disk.enter_context(refusing(self._rng.choice(("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR"))))
        self._last(Kind.DISK, self._repair_disk)

    async def _repair_disk(self) -> None:
        self._disk.close()

    async def _move_clock(self) -> None:
        self._world.disturb()

    async def _restart(self) -> None:
        # A disk that takes nothing until the end forgets: that is told, and no part of this proof.
        if Kind.DISK not in self._ends:
            await self._world.restart()

    async def _back_up(self) -> None:
        """Make a backup, or restore the one that was made."""
        house = self._world.house
        if Kind.DISK in self._ends:
            return
        path = Path(house.hass.config.path(".storage", f"smsmode.{house.entry.entry_id}.db"))
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        backup = path.with_suffix(".backup")
        if self._backup is None:
            self._backup, self._backed_up_at = Path(copy(path, backup)), self._world.now
        else:
            self.restored.append((self._backed_up_at, self._world.now))
            for leftover in path.parent.glob(f"{path.name}-*"):
                leftover.unlink()
            copy(self._backup, path)
            self._backup = None
        await house.async_set_up()
