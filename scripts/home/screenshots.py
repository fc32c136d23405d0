"""`scripts/screenshots`: takes the pictures of the README in a real browser, from a demo that it runs."""
# Playwright is installed only to take pictures.
# mypy: disable-error-code="import-not-found"

import asyncio
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import ClientSession
from PIL import Image
from playwright.async_api import BrowserContext, Page, async_playwright

from .__main__ import demo, note
from .connection import Connection, connected
from .process import ROOT
from .settings import Settings, read_settings

PICTURES = ROOT / "docs/images"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]
HEIGHT = 960
# The form over a darkened page, with a margin.
DIALOG_LEFT, DIALOG_WIDTH, MARGIN = 190, 620, 20
SECOND_KEY = "Zy9XW8vut7Sr"
NO_SIDEBAR = """localStorage.setItem('dockedSidebar', '"always_hidden"')"""


async def main(chromium: str) -> None:
    """Run a demo and take all pictures."""
    settings = read_settings(once=True)
    with TemporaryDirectory(prefix="smsmode-demo-") as home:
        async with ClientSession() as session, demo(Path(home), settings, session) as token, async_playwright() as play:
            browser = await play.chromium.launch(executable_path=chromium, args=FLAGS)
            context = await browser.new_context(locale="en-GB", timezone_id="Europe/Paris")
            context.set_default_timeout(60_000)
            await context.add_init_script(NO_SIDEBAR)
            async with connected(session, settings.house, token) as house:
                await house.until_started(60)
                await take_the_story(context, settings, house)
                await take_the_device(context, settings, house)
            order = {"token": SECOND_KEY}
            (await session.post(f"{settings.gateway}/_emulator/settings", json=order)).raise_for_status()
            await take_the_forms(context, settings)
            await browser.close()


async def take_the_story(context: BrowserContext, settings: Settings, house: Connection) -> None:
    """Press the buttons, answer on the telephone, and show both pages side by side."""
    page, phone = await _page(context, 1080), await _page(context, 400)
    await phone.goto(settings.gateway)
    await page.goto(f"{settings.house}/demo-house")
    for button in ("script.write", "input_boolean.leak"):
        await page.locator("hui-button-card").nth(2 if button == "script.write" else 0).click()
        await house.until(lambda: house.state("sensor.home_pending") not in ("", "0"), 30)
        await house.until(lambda: house.state("sensor.home_pending") == "0", 30)
        await _refresh_balance(house)
    await phone.locator("input[name=text]").first.fill("OK")
    await phone.keyboard.press("Enter")
    await house.until(lambda: house.state("input_boolean.siren") == "off", 30)
    await page.get_by_text("97 credits").first.wait_for()
    await _calm(page)
    left, right = [Image.open(BytesIO(await one.screenshot())) for one in (page, phone)]
    both = Image.new("RGB", (left.width + right.width + MARGIN, HEIGHT), "#ccc")
    both.paste(left, (0, 0))
    both.paste(right, (left.width + MARGIN, 0))
    _keep(both, "dashboard")
    await page.close()
    await phone.close()


async def _refresh_balance(house: Connection) -> None:
    before = house.state("sensor.home_balance")
    await house.act("homeassistant.update_entity", "sensor.home_balance")
    with suppress(TimeoutError):
        await house.until(lambda: house.state("sensor.home_balance") != before, 15)


async def take_the_device(context: BrowserContext, settings: Settings, house: Connection) -> None:
    """Show the page of the account."""
    devices = await house.ask("config/device_registry/list")
    account = next(device["id"] for device in devices if device["name"] == "Home")
    page = await _page(context, 1080)
    await page.goto(f"{settings.house}/config/devices/device/{account}")
    await page.get_by_text("Segments sent").first.wait_for()
    await _calm(page)
    _keep(Image.open(BytesIO(await page.screenshot())), "device")
    await page.close()


async def take_the_forms(context: BrowserContext, settings: Settings) -> None:
    """Set a second account up as a person does, up to the test SMS that has arrived."""
    page = await _page(context, 1000)
    await page.goto(f"{settings.house}/config/integrations/dashboard/add?domain=smsmode")
    await page.get_by_role("button", name="OK").click()
    await page.get_by_text("Advanced").click()
    await page.locator("input[name=access_token]").fill(SECOND_KEY)
    await page.locator("input[name=base_url]").fill(settings.gateway)
    await page.get_by_text("Advanced").click()
    await _take_form(page, "setup", "Next")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("Your account").wait_for()
    await _take_form(page, "account", "Next")
    await page.get_by_role("button", name="Next").click()
    await page.locator("input[name=number]").fill("06 01 02 03 04")
    await page.locator("input[name=name]").fill("Neighbours")
    await _take_form(page, "recipient", "Next")
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("Is this right?").wait_for()
    await _take_form(page, "test")
    await page.get_by_text("Send a test SMS").click()
    await page.get_by_role("button", name="Finish").click()
    await page.goto(f"{settings.house}/config/integrations/integration/smsmode")
    await page.get_by_role("button", name="Configure").last.click()
    await _take_form(page, "options", "Submit")


async def _take_form(page: Page, name: str, button: str | None = None) -> None:
    """Take the dialog, from its title to its button."""
    if button:
        await page.get_by_role("button", name=button).wait_for()
    await _calm(page)
    dialog = await page.get_by_role("dialog").locator("visible=true").last.bounding_box()
    area = {
        "x": DIALOG_LEFT,
        "width": DIALOG_WIDTH,
        "y": max(dialog["y"] - MARGIN, 0),
        "height": dialog["height"] + 2 * MARGIN,
    }
    _keep(Image.open(BytesIO(await page.screenshot(clip=area))), name)


async def _page(context: BrowserContext, width: int) -> Page:
    page = await context.new_page()
    await page.set_viewport_size({"width": width, "height": HEIGHT})
    return page


async def _calm(page: Page) -> None:
    """Let animations end, which tell nobody when they do."""
    await page.wait_for_timeout(1500)


def _keep(picture: Image.Image, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    picture.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    note(f"{path.relative_to(ROOT)}, {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
