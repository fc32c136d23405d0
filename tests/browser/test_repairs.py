"""Repair issues."""

import pytest
from playwright.sync_api import expect

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .setup_steps import NAME, RECIPIENT, set_up

pytestmark = pytest.mark.both_languages


def test_a_blocked_recipient_is_reported_and_gets_another_number(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    gateway.post("settings", blocked=["33601020304"])
    user.house.send("Hello", NAME)
    user.opens("/config/repairs")
    user.reads(NAME).click()
    issue = "issues.recipient_blocked.fix_flow.step.init"
    form = Form(user, issue, recipient=NAME)
    form.is_in_one_language()
    form.is_taken("issue")
    form.pick("edit")
    form = Form(user, f"{RECIPIENT}.step.reconfigure")
    form.fill(number="06 01 02 03 07")
    form.is_taken("another-number")
    form.submit()
    form.contains_words(f"{RECIPIENT}.abort.reconfigure_successful")
    user.presses(user.words("panel.config.integrations.config_flow.close"))
    expect(user.page.get_by_text(NAME).locator("visible=true")).to_have_count(0)
    user.takes("mended")
