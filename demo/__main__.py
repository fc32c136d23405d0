"""`scripts/demo [--once]`: shows the demo until Ctrl-C, or tells its story and ends."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from aiohttp import ClientSession

from .alert_scenario import AlertStory
from .hass_process import furnish, gateway, home_assistant, move_in
from .live_scenario import OwnStory
from .phone_client import EmulatedTelephone
from .polling import until_it_answers
from .scenario import Story, check_dashboard, check_log, complaints, say
from .settings import DemoError, Settings, read_settings
from .subprocesses import ROOT, running
from .websocket_client import Connection, connected

DASHBOARDS = ("dashboard.yaml", "dashboards/smsmode.yaml")


@asynccontextmanager
async def demo(home: Path, settings: Settings, session: ClientSession) -> AsyncIterator[str]:
    """Start the gateway and Home Assistant in a home of theirs, and end them; gives the token of its person."""
    furnish(home, settings)
    async with AsyncExitStack() as stack:
        if settings.token is None:
            await stack.enter_async_context(running(gateway(home, settings)))
            await until_it_answers(session, settings.gateway, 30)
        await stack.enter_async_context(running(home_assistant(home, settings)))
        yield await move_in(session, settings.house, settings.language)


async def show(home: Path, settings: Settings) -> None:
    """Run until somebody has seen enough."""
    note("starting Home Assistant (5 to 20 seconds)")
    async with ClientSession() as session, demo(home, settings, session):
        telephone = settings.gateway if settings.token is None else f"yours, {settings.number}"
        print(f"\n  The house      {settings.house}/demo-house\n  The telephone  {telephone}\n")  # noqa: T201
        note(f"Ctrl-C ends it; the log meanwhile: {home}/output.log")
        try:
            await asyncio.Event().wait()
        finally:
            note("ending")


async def tell(home: Path, settings: Settings) -> None:
    """Tell the story, and read the log once everything has ended."""
    log = home / "output.log"
    try:
        await tell_it_live(home, settings)
    except DemoError as error:
        raise DemoError("\n".join([str(error), *complaints(log.read_text())])) from None
    check_log(log.read_text())


async def tell_it_live(home: Path, settings: Settings) -> None:
    """Tell the story in a house that lasts as long as it does."""
    began = monotonic()
    async with (
        ClientSession() as session,
        demo(home, settings, session) as token,
        connected(session, settings.house, token) as house,
    ):
        version = await house.until_started(60)
        ours = json.loads((ROOT / "custom_components/smsmode/manifest.json").read_text())["version"]
        say("started", f"Home Assistant {version} with sMsmode {ours}, in {monotonic() - began:.0f} seconds")
        if settings.token is None:
            check_dashboard(house, "".join((home / name).read_text() for name in DASHBOARDS))
        await story(house, session, settings).tell()


def story(house: Connection, session: ClientSession, settings: Settings) -> Story:
    """Choose the story that the telephones allow."""
    if settings.number:
        return OwnStory(house, settings.number)
    return AlertStory(house, EmulatedTelephone(session, settings.gateway))


def note(text: str) -> None:
    """Say what goes on, beside the story."""
    print(f"→ {text}", file=sys.stderr, flush=True)  # noqa: T201


async def until_interrupted(home: Path, settings: Settings, *, once: bool) -> None:
    """Do it; the first Ctrl-C or kill ends it in good order, later ones do not disturb the ending."""
    task = asyncio.ensure_future(tell(home, settings) if once else show(home, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    await task


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="tell the story without a browser, check it, and end")
    once: bool = parser.parse_args().once
    try:
        settings = read_settings(once=once)
        if settings.token:
            note(f"SMSMODE_TOKEN is set: messages go out through {settings.gateway} and cost credits")
        with TemporaryDirectory(prefix="smsmode-demo-", ignore_cleanup_errors=True) as home:
            asyncio.run(until_interrupted(Path(home), settings, once=once))
    except DemoError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201
        return 1
    except asyncio.CancelledError:
        return 1 if once else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
