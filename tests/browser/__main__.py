"""Command line of the browser tests: `scripts/test --browser` runs them in an English and a French Home Assistant."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from aiohttp import ClientSession

from demo.__main__ import demo, print_note
from demo.settings import DemoError, Settings, read_settings
from demo.websocket_client import connect

HERE = Path(__file__).parent
NONE_CHOSEN = 5
PYTEST = ["-m", "pytest", "-c", str(HERE / "pytest.ini"), f"--rootdir={HERE}", f"--confcutdir={HERE}", "-q"]


async def run_language(language: str, pictures: Path, chosen: Sequence[str]) -> int:
    """Run the tests of a language in a Home Assistant of its own; returns the exit code of pytest."""
    settings = read_settings(once=True, language=language)
    with TemporaryDirectory(prefix="smsmode-browser-", ignore_cleanup_errors=True) as home:
        async with ClientSession() as session, demo(Path(home), settings, session) as token:
            async with connect(session, settings.house, token) as house:
                await house.wait_until_started(60)
            return await _pytest(
                Path(home), settings, token, ["--language", language, "--pictures", str(pictures), *chosen]
            )


async def _pytest(home: Path, settings: Settings, token: str, arguments: Sequence[str]) -> int:
    environment = os.environ | {
        "SMSMODE_BROWSER_FOLDER": str(home),
        "SMSMODE_BROWSER_HOUSE": settings.house,
        "SMSMODE_BROWSER_GATEWAY": settings.gateway,
        "SMSMODE_BROWSER_TOKEN": token,
    }
    named = any(word.startswith("tests/browser/") for word in arguments)
    tests = [] if named else [str(HERE)]
    process = await asyncio.create_subprocess_exec(sys.executable, *PYTEST, *arguments, *tests, env=environment)
    return await process.wait()


async def run_languages(languages: Sequence[str], pictures: Path, chosen: Sequence[str]) -> bool:
    """Run the tests of all languages at the same time; returns whether all passed."""
    codes = await asyncio.gather(*(run_language(language, pictures, chosen) for language in languages))
    return all(code in (0, NONE_CHOSEN) for code in codes) and 0 in codes


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="scripts/test --browser", description=__doc__)
    parser.add_argument("--language", choices=("en", "fr"), action="append", help="only the tests of this language")
    parser.add_argument("--pictures", type=Path, help="keep the picture of each step in this folder")
    options, chosen = parser.parse_known_args()
    pictures = (options.pictures or Path(mkdtemp(prefix="smsmode-pictures-"))).resolve()
    try:
        has_passed = asyncio.run(run_languages(options.language or ["en", "fr"], pictures, chosen))
    except DemoError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201
        return 1
    if has_passed and not options.pictures:
        shutil.rmtree(pictures)
    else:
        print_note(f"the pictures: {pictures}")
    return 0 if has_passed else 1


if __name__ == "__main__":
    sys.exit(main())
