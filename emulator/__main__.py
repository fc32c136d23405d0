"""Command line of the emulator: `python -m emulator` serves a gateway for this machine."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from .control_api import apply_settings
from .facts import read_facts
from .server import LOOPBACK, TOKEN, loopback, serve


def seconds(text: str) -> float:
    """Parse seconds: `5` or `5s`."""
    value = float(text.removesuffix("s"))
    if value < 0:
        raise ValueError(text)
    return value


def amount(text: str) -> Decimal:
    """Parse a number of credits."""
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error


def setting(text: str) -> dict[str, object]:
    """Parse `name=value`, where the value is JSON or else a text."""
    name, separator, value = text.partition("=")
    if not separator:
        raise ValueError(text)
    try:
        return {name: json.loads(value)}
    except ValueError:
        return {name: value}


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m emulator", description="The sMsmode gateway, emulated.")
    parser.add_argument("--host", type=loopback, default=LOOPBACK, help="a loopback address (%(default)s)")
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one (%(default)s)")
    parser.add_argument("--token", default=TOKEN, help="the key of the account (%(default)s)")
    parser.add_argument("--credits", type=amount, default=Decimal(100), help="credits at the start (%(default)s)")
    parser.add_argument("--progression", type=seconds, help="time from one status to the next, as 5s; none: on command")
    parser.add_argument("--facts", type=Path, help="diagnostics of a real account, to do as its gateway does")
    parser.add_argument("--set", type=setting, action="append", default=[], help="a setting: zone=UTC, refund=false")
    return parser.parse_args(words)


async def run(options: argparse.Namespace) -> None:
    """Serve until interrupted."""
    async with serve(
        options.host, options.port, token=options.token, balance=options.credits, progression=options.progression
    ) as gateway:
        for settings in [*(read_facts(options.facts) if options.facts else []), *options.set]:
            apply_settings(gateway.state.options, settings)
        print(f"Gateway    {gateway.url}\nPhones     {gateway.url}/\nToken      {options.token}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(run(arguments()))
    except OSError as error:
        sys.exit(f"The gateway cannot start: {error.strerror}")
    except (KeyError, ValueError) as error:
        sys.exit(f"This is no setting: {error}")
    except KeyboardInterrupt:
        sys.exit()
