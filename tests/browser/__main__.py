"""`scripts/test --browser`: an English and a French house, and beside each the stories that happen in it."""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from aiohttp import ClientSession

from demo.__main__ import demo, note
from demo.settings import DemoError, Settings, read_settings
from demo.websocket_client import connected

HERE = Path(__file__).parent
NONE_CHOSEN = 5
PYTEST = ["-m", "pytest", "-c", str(HERE / "pytest.ini"), f"--rootdir={HERE}", f"--confcutdir={HERE}", "-q"]


async def tell(language: str, pictures: Path, chosen: Sequence[str]) -> int:
    """Tell the stories of a language in a house of their own; gives what pytest ends with."""
    settings = read_settings(once=True, language=language)
    with TemporaryDirectory(prefix="smsmode-browser-", ignore_cleanup_errors=True) as home:
        async with ClientSession() as session, demo(Path(home), settings, session) as token:
            async with connected(session, settings.house, token) as house:
                await house.until_started(60)
            return await _pytest(settings, token, ["--language", language, "--pictures", str(pictures), *chosen])


async def _pytest(settings: Settings, token: str, arguments: Sequence[str]) -> int:
    environment = os.environ | {
        "SMSMODE_BROWSER_HOUSE": settings.house,
        "SMSMODE_BROWSER_GATEWAY": settings.gateway,
        "SMSMODE_BROWSER_TOKEN": token,
    }
    named = any(word.startswith("tests/browser/") for word in arguments)
    stories = [] if named else [str(HERE)]
    process = await asyncio.create_subprocess_exec(sys.executable, *PYTEST, *arguments, *stories, env=environment)
    return await process.wait()


async def tell_all(languages: Sequence[str], pictures: Path, chosen: Sequence[str]) -> bool:
    """Tell the stories of all languages at the same time; tells whether all came true."""
    ends = await asyncio.gather(*(tell(language, pictures, chosen) for language in languages))
    return all(end in (0, NONE_CHOSEN) for end in ends) and 0 in ends


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="scripts/test --browser", description=__doc__)
    parser.add_argument("--language", choices=("en", "fr"), action="append", help="only the stories of this language")
    parser.add_argument("--pictures", type=Path, help="keep the picture of each step in this folder")
    options, chosen = parser.parse_known_args()
    pictures = (options.pictures or Path(mkdtemp(prefix="smsmode-pictures-"))).resolve()
    try:
        came_true = asyncio.run(tell_all(options.language or ["en", "fr"], pictures, chosen))
    except DemoError as error:
        print(f"✗ {error}", file=sys.stderr)  # noqa: T201
        return 1
    if came_true and not options.pictures:
        shutil.rmtree(pictures)
    else:
        note(f"the pictures: {pictures}")
    return 0 if came_true else 1


if __name__ == "__main__":
    sys.exit(main())
