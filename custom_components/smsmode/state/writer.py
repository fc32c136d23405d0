"""Writer thread of an account: does what waits for its disk in order, and behind nobody else.

The one place where the event loop meets the thread of the database. The threads of the house may all be busy or wait
for something else just when an alarm is to leave; and each turn of the event loop between two threads may be long.
"""

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

type Told = Callable[[BaseException | None], None]
type _Job = tuple[Callable[[], object], asyncio.Future[None], Told | None]


class Writer:
    """A thread that does one thing after the other; it begins with the first."""

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        """Begin without a thread."""
        self._loop = loop
        self._name = name
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None

    def submit(self, work: Callable[[], object], told: Told | None = None) -> asyncio.Future[None]:
        """Have work done, and return its future; ``told`` is called in the event loop before anybody who waits for it.

        It gets the exception of the work, or None.
        """
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((work, done, told))
        if self._thread is None:
            # A disk that hangs does not keep Home Assistant from stopping: nothing is lost that was on it before.
            self._thread = Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        return done

    def stop(self) -> None:
        """End the thread once all is done. Blocks until then."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(*job)
            # Else what was written last would stay in memory until the next write.
            del job

    def _do(self, work: Callable[[], object], done: asyncio.Future[None], told: Told | None) -> None:
        failure: BaseException | None = None
        try:
            work()
        except BaseException as err:  # noqa: BLE001 - raised where it is awaited
            failure = err
        self._loop.call_soon_threadsafe(_finish, done, told, failure)


def _finish(done: asyncio.Future[None], told: Told | None, failure: BaseException | None) -> None:
    if told is not None:
        told(failure)
    if done.cancelled():
        return
    if failure is None:
        done.set_result(None)
    else:
        done.set_exception(failure)
