"""Fault shim: makes the disk slow, hang or fail, and moves the wall clock, in a process that runs.

The library of `fault_shim.c` is built when it is needed, with the C compiler of the machine, and preloaded into a
process. What it does is in a small file that both sides map, so that a proof changes it while the process runs. Only
opening for writing, writing and syncing of the files of an account have faults.
"""

import ctypes
import mmap
import shutil
import subprocess
from enum import IntEnum
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
VARIABLE = "SMSMODE_FAULT_SHIM"
COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror")


class DiskOperation(IntEnum):
    """Operation on a file of an account; the numbers are those of `fault_shim.c`."""

    OPEN = 0
    WRITE = 1
    SYNC = 2


class Control(ctypes.Structure):
    """Control page of the library, in the layout of `fault_shim.c`; arrays are by operation."""

    _fields_ = (
        ("delay_ms", ctypes.c_int64 * len(DiskOperation)),
        ("error", ctypes.c_int64 * len(DiskOperation)),
        ("hang", ctypes.c_int64 * len(DiskOperation)),
        ("calls", ctypes.c_int64 * len(DiskOperation)),
        ("clock_offset_ns", ctypes.c_int64),
    )


def find_compiler() -> str | None:
    """Return a C compiler of this machine, or None."""
    return next(filter(None, map(shutil.which, COMPILERS)), None)


class FaultShim:
    """Faults of one process: start it with `environment`, then change its disk and its clock."""

    def __init__(self, folder: Path, compiler: str) -> None:
        """Build the library and its control page in a folder, without faults."""
        library, page = folder / "fault_shim.so", folder / "fault_shim.control"
        subprocess.run([compiler, *FLAGS, "-o", library, SOURCE, "-ldl"], check=True)  # noqa: S603 - our own source
        page.write_bytes(bytes(mmap.PAGESIZE))
        with page.open("r+b") as file:
            self._control = Control.from_buffer(mmap.mmap(file.fileno(), mmap.PAGESIZE))
        self.environment = {"LD_PRELOAD": str(library), VARIABLE: str(page)}

    def slow(self, operation: DiskOperation, seconds: float) -> None:
        """Delay each call of an operation; 0 ends it."""
        self._control.delay_ms[operation] = round(seconds * 1_000)

    def hang(self, operation: DiskOperation, *, hangs: bool = True) -> None:
        """Let each call of an operation hang until it is called again with `hangs=False`."""
        self._control.hang[operation] = int(hangs)

    def fail(self, operation: DiskOperation, error: int) -> None:
        """Let each call of an operation fail with an errno: ENOSPC, EROFS, EIO; 0 ends it."""
        self._control.error[operation] = error

    def calls(self, operation: DiskOperation) -> int:
        """Return the number of calls of an operation so far."""
        return int(self._control.calls[operation])

    def move_clock(self, seconds: float) -> None:
        """Set the distance of the wall clock from the real one; clocks of timers do not change."""
        self._control.clock_offset_ns = round(seconds * 1e9)

    def clear(self) -> None:
        """End all faults of the disk; the clock stays."""
        for operation in DiskOperation:
            self.slow(operation, 0)
            self.fail(operation, 0)
            self.hang(operation, hangs=False)
