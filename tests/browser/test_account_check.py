"""The check of an account, guided by the dialog of its options."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Locator, Page

from .browser_user import BrowserUser, PhonePage
from .conftest import UserFactory, Window
from .forms import Form
from .gateway import Gateway
from .setup_steps import NAME, account, set_up

pytestmark = pytest.mark.both_languages
STEP = "options.step"
ANSWER = "déjà"
# Of a desk, and of a telephone that is held.
WINDOWS: list[Any] = [
    pytest.param({"height": 1400}, id="desktop"),
    pytest.param({"width": 390, "height": 844, "dark": True, "handy": True}, id="telephone"),
]


@pytest.mark.parametrize("window", WINDOWS)
def test_an_account_is_checked_and_its_report_is_downloaded(
    new_user: UserFactory, gateway: Gateway, open_window: Window, window: dict[str, Any]
) -> None:
    user = new_user(**window)
    set_up(user, gateway)
    open_check(user)
    form = shown(user, "check", "form")
    form.contains_words(f"{STEP}.check.data_description.person")
    form.submit()
    shown(user, "check_text").pick("check_go")
    phone = PhonePage(open_window(400), gateway.url)
    phone.receives("é è à ç € [ ] ^ ~ œ ’ &")
    shown(user, "check_reads").pick("check_well")
    shown(user, "check_schedule").pick("check_go")
    shown(user, "check_reply").pick("check_go")
    phone.receives(ANSWER)
    user.takes("check-waits")
    phone.types(ANSWER)
    phone.sends()
    shown(user, "check_night").pick("check_skip")
    form = shown(user, "check_done")
    for fact in ("key_accepted", "text_intact", "deletion_refunds", "replies_intact"):
        form.contains_words(f"common.check_fact_{fact}")
    report = downloaded(user, form)
    assert report.startswith(f"# {user.words.ours('common.check_report_title')}")
    assert NAME not in report
    form.submit()
    user.presses(user.words("panel.config.integrations.config_flow.finish"))


def open_check(user: BrowserUser) -> None:
    """Open the options of the account, and choose the check."""
    user.presses(user.words("panel.config.integrations.config_entry.configure"), account(user))
    form = Form(user, f"{STEP}.init")
    form.is_in_one_language()
    form.is_taken("menu")
    form.pick("check")


def shown(user: BrowserUser, step: str, name: str | None = None) -> Form:
    """Wait for a step, which is in one language, and take a screenshot of it."""
    form = Form(user, f"{STEP}.{step}")
    form.is_in_one_language()
    assert user.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    form.is_taken(name or step.replace("_", "-"))
    return form


def downloaded(user: BrowserUser, form: Form) -> str:
    """Press the link of the report, and return the file."""
    downloads: list[Download] = []

    def keep(download: Download) -> None:
        downloads.append(download)

    def watch(page: Page) -> None:
        page.on("download", keep)

    watch(user.page)
    user.page.context.on("page", watch)
    link: Locator = form.dialog.get_by_role("link", name=user.words.ours("common.check_report_download"))
    link.click()
    for _ in range(100):
        if downloads:
            break
        user.page.wait_for_timeout(100)
    assert downloads[0].suggested_filename == "smsmode-report.md"
    return Path(downloads[0].path()).read_text(encoding="utf-8")
