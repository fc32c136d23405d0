"""Nemesis: everything that can go wrong with a house and its gateway, one kind beside the other, for minutes each."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from random import Random
from shutil import copy
from time import sleep

from tests.support.disks import HangingDisk, hanging, refusing
from tests.support.gateway import Gateway

from .clock_world import ClockWorld
from .random_faults import RandomFaults

CREDITS = 1_000_000
REPORTS = "compteRendu.do"
LISTS = ("smsList.do", "responseList.do", REPORTS)
# In seconds.
LASTS = (20, 60, 150, 400)
LAGS = (5, 45, 100)
# In real seconds: for so long nothing moves before what hangs is let go, or given up.
STALLED_AFTER = 0.05
# Longer than the house waits for an answer, or for the disk.
GIVEN_UP_AFTER = 31
# How often a fault of a kind begins that is possible.
BEGINS = 0.12


class Kind(StrEnum):
    """Kind of fault."""

    GATEWAY = "gateway"  # drops, loses answers, garbles, refuses
    TWICE = "twice"  # answers twice
    ANOTHER = "another"  # answers as to an earlier request
    LATE = "late"  # answers late, or never
    LISTS = "lists"  # fail, one or all
    FOREIGN_ROWS = "foreign rows"  # of another program, in the list of sent messages
    UNREADABLE_ROWS = "unreadable rows"
    LAG = "lag"  # of the list of sent messages
    ORDER = "order"  # of a list, the other way round
    NO_CREDIT = "no credit"
    KEY = "key"  # refused, and accepted again
    DISK = "disk"  # full, read-only, failing
    SLOW_DISK = "slow disk"  # hangs for a while
    CLOCK = "clock"
    RESTART = "restart"
    BACKUP = "backup"  # made, and restored later


DISKS = {Kind.DISK, Kind.SLOW_DISK}


class Nemesis:
    """Faults of some kinds, begun and ended at random."""

    def __init__(self, world: ClockWorld, faults: RandomFaults, rng: Random, kinds: tuple[Kind, ...]) -> None:
        """Begin without faults."""
        self._world, self._faults, self._rng = world, faults, rng
        self._ends: dict[Kind, tuple[float, Callable[[], Awaitable[None]]]] = {}
        self._disk, self._slow_disk = ExitStack(), ExitStack()
        self._hanging: HangingDisk | None = None
        self._backup: Path | None = None
        begins: dict[Kind, Callable[[], Awaitable[None]]] = {
            Kind.GATEWAY: self._misbehave,
            Kind.TWICE: self._answer_twice,
            Kind.ANOTHER: self._answer_another,
            Kind.LATE: self._answer_late,
            Kind.LISTS: self._fail_lists,
            Kind.FOREIGN_ROWS: self._add_rows,
            Kind.UNREADABLE_ROWS: self._spoil_rows,
            Kind.LAG: self._lag,
            Kind.ORDER: self._reverse_lists,
            Kind.NO_CREDIT: self._take_credits,
            Kind.KEY: self._revoke_key,
            Kind.DISK: self._fill_disk,
            Kind.SLOW_DISK: self._hang_disk,
            Kind.CLOCK: self._move_clock,
            Kind.RESTART: self._restart,
            Kind.BACKUP: self._back_up,
        }
        self._begins = {kind: begins[kind] for kind in kinds}
        # Of its own: when something stalls is a matter of real time.
        self._release_rng = Random(rng.random())
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

    async def release_stalled(self) -> None:
        """Release what hangs, for ever: late, or after the house has given it up."""
        while True:
            # Real time: the clock of the loop stands still.
            await _pause()
            responder = self._gateway.emulator.fault_responder
            is_writing = self._hanging is not None and self._hanging.begun > self._hanging.ended
            if not is_writing and not responder.hanging:
                continue
            if self._release_rng.random() < 0.5:
                self._world.pass_unsettled(GIVEN_UP_AFTER)
                await _pause()
            if self._hanging is not None:
                self._hanging.release()
            responder.release()

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

    async def _answer_another(self) -> None:
        endpoint, other = self._rng.sample(("sendSMS.do", "credit.do", *LISTS), 2)
        # A report names no message: as that of another it cannot be told apart.
        if endpoint != REPORTS and self._rng.random() < 0.5:
            other = endpoint
        await self._gateway.fail(endpoint, f"answer_of:{other}", 1)

    async def _answer_late(self) -> None:
        """Let one request hang; it is answered late, or after the house has given it up."""
        endpoint = self._rng.choice(("*", "sendSMS.do", *LISTS))
        await self._gateway.fail(endpoint, self._rng.choice(("hang_before", "hang_after")), 1)

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

    async def _reverse_lists(self) -> None:
        await self._set(ascending=dict.fromkeys(LISTS[:2], True))
        self._last(Kind.ORDER, lambda: self._set(ascending=dict.fromkeys(LISTS[:2], False)))

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

    async def _hang_disk(self) -> None:
        self._hanging = self._slow_disk.enter_context(hanging())
        self._last(Kind.SLOW_DISK, self._end_hanging)

    async def _end_hanging(self) -> None:
        self._slow_disk.close()

    async def _move_clock(self) -> None:
        self._world.disturb()

    async def _restart(self) -> None:
        # A disk that takes nothing until the end forgets: that is told, and no part of this proof.
        if not self._ends.keys() & DISKS:
            await self._world.restart()

    async def _back_up(self) -> None:
        """Make a backup, or restore the one that was made."""
        house = self._world.house
        if self._ends.keys() & DISKS:
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


async def _pause() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sleep, STALLED_AFTER)
