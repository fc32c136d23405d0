"""Command line of the demo: `scripts/demo [--once] [--language en|fr]` runs it until Ctrl-C, or its scenario."""

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

from .account_setup import AccountSetup
from .alert_scenario import AlertScenario
from .hass_process import create_user, gateway, home_assistant, prepare_config
from .live_scenario import LiveScenario
from .phone_client import PhoneClient
from .polling import wait_for_server
from .scenario import Scenario, check_dashboard, check_log, find_problems, print_step
from .settings import LANGUAGES, DemoError, Settings, preferred_language, read_settings
from .subprocesses import ROOT, running
from .websocket_client import HassClient, connect

DASHBOARDS = ("dashboard.yaml", "sms_dashboard.yaml")


@asynccontextmanager
async def demo(home: Path, settings: Settings, session: ClientSession) -> AsyncIterator[str]:
    """Run the gateway and Home Assistant on a temporary configuration; yields the token of its user."""
    prepare_config(home, settings)
    async with AsyncExitStack() as stack:
        if settings.token is None:
            await stack.enter_async_context(running(gateway(home, settings)))
            await wait_for_server(session, settings.gateway, 30)
        await stack.enter_async_context(running(home_assistant(home, settings)))
        token = await create_user(session, settings.house, settings.language)
        await AccountSetup(session, settings, token).run()
        yield token


async def show(home: Path, settings: Settings) -> None:
    """Run the demo until it is interrupted."""
    print_note("starting Home Assistant (5 to 20 seconds)")
    async with ClientSession() as session, demo(home, settings, session):
        phones = settings.gateway if settings.token is None else f"yours, {settings.number}"
        print(  # noqa: T201
            f"\n  The house, with its phones   {settings.house}/demo-house\n  The phones alone             {phones}\n"
        )
        print_note(f"Ctrl-C ends it; the log meanwhile: {home}/output.log")
        try:
            await asyncio.Event().wait()
        finally:
            print_note("ending")


async def run(home: Path, settings: Settings) -> None:
    """Run the scenario, then check the log of Home Assistant."""
    log = home / "output.log"
    try:
        await run_live(home, settings)
    except DemoError as error:
        raise DemoError("\n".join([str(error), *find_problems(log.read_text())])) from None
    check_log(log.read_text())


async def run_live(home: Path, settings: Settings) -> None:
    """Run the scenario in a Home Assistant of its own."""
    began = monotonic()
    async with (
        ClientSession() as session,
        demo(home, settings, session) as token,
        connect(session, settings.house, token) as house,
    ):
        version = await house.wait_until_started(60)
        ours = json.loads((ROOT / "custom_components/smsmode/manifest.json").read_text())["version"]
        print_step("started", f"Home Assistant {version} with sMsmode {ours}, in {monotonic() - began:.0f} seconds")
        if settings.token is None:
            await check_dashboard(house, "".join((home / name).read_text() for name in DASHBOARDS))
        await scenario(house, session, settings).run()


def scenario(house: HassClient, session: ClientSession, settings: Settings) -> Scenario:
    """Return the scenario for a real phone, or for the phones of the emulator."""
    if settings.number:
        return LiveScenario(house, settings.number)
    return AlertScenario(house, PhoneClient(session, settings.gateway))


def print_note(text: str) -> None:
    """Print a note to standard error."""
    print(f"→ {text}", file=sys.stderr, flush=True)  # noqa: T201


async def run_until_interrupted(home: Path, settings: Settings, *, once: bool) -> None:
    """Run the demo; the first signal stops it in order, later signals do not disturb the stop."""
    task = asyncio.ensure_future(run(home, settings) if once else show(home, settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    await task


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="run the scenario without a browser, check it, and end")
    parser.add_argument("--language", choices=LANGUAGES, default=preferred_language(), help="of the house")
    arguments = parser.parse_args()
    once: bool = arguments.once
    try:
        settings = read_settings(once=once, language=arguments.language)
        if settings.token:
            print_note(f"SMSMODE_TOKEN is set: messages go out through {settings.gateway} and cost credits")
        with TemporaryDirectory(prefix="smsmode-demo-", ignore_cleanup_errors=True) as home:
            asyncio.run(run_until_interrupted(Path(home), settings, once=once))
    except DemoError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201
        return 1
    except asyncio.CancelledError:
        return 1 if once else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
