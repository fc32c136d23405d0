"""Groups of recipients and quiet hours by schedule: by clicks."""

import pytest
from playwright.sync_api import expect

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .panel_page import PanelPage
from .setup_steps import ACCOUNT, NAME, RECIPIENT, account, finish, set_up

pytestmark = pytest.mark.both_languages

GROUP = "config_subentries.group"


def test_a_group_is_made_of_recipients_by_clicks(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    account(user)
    user.presses(user.words.ours(f"{GROUP}.initiate_flow.user"))
    user.presses(ACCOUNT)
    form = Form(user, f"{GROUP}.step.user")
    form.is_taken("empty")
    form.fill(name=NAME)
    form.submit()
    form.error("name_taken")
    form.is_taken("name-of-a-recipient")
    form.fill(name="Voisins")
    form.submit()
    form.error("members_missing")
    form.is_taken("nobody")
    form.is_in_one_language()
    user.presses(user.words("common.add"), form.dialog)
    user.takes("members")
    user.page.get_by_role("option", name=NAME).click()
    form.is_taken("chosen")
    form.submit()
    finish(user)
    expect(account(user)).to_contain_text("Voisins")
    user.takes("a-group")


def test_a_group_fits_a_telephone(mobile_user: BrowserUser, gateway: Gateway) -> None:
    user = mobile_user
    set_up(user, gateway)
    account(user)
    user.presses(user.words.ours(f"{GROUP}.initiate_flow.user"))
    user.presses(ACCOUNT)
    form = Form(user, f"{GROUP}.step.user")
    form.fill(name="Voisins")
    user.presses(user.words("common.add"), form.dialog)
    user.page.get_by_role("option", name=NAME).click()
    form.fits()
    form.submit()
    finish(user)
    row = account(user).locator("ha-config-sub-entry-row").filter(has_text="Voisins")
    row.scroll_into_view_if_needed()
    user.takes("in-the-list")
    user.presses(user.words.ours(f"{GROUP}.initiate_flow.reconfigure"), row)
    form = Form(user, f"{GROUP}.step.reconfigure")
    expect(form.dialog).to_contain_text(NAME)
    form.fits()
    user.takes("opened")
    user.opens(f"/config/devices/device/{user.house.device_of('notify.voisins')}")
    user.waits_for_all()
    assert user.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    user.takes("device")
    panel = PanelPage(user)
    user.page.locator("a[href*='/smsmode/chat/voisins']").first.click()
    expect(panel.root.locator(".head h2")).to_have_text("Voisins")
    expect(panel.root.locator("header select option:checked")).to_have_text(ACCOUNT)
    user.takes("conversation")
    panel.is_quiet()


def test_a_recipient_sleeps_by_a_schedule(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    user.presses(user.words.ours(f"{RECIPIENT}.initiate_flow.reconfigure"), account(user))
    form = Form(user, f"{RECIPIENT}.step.reconfigure")
    form.unfold("quiet_hours")
    form.dialog.get_by_text(form.label("quiet_hours.schedule"), exact=True).first.scroll_into_view_if_needed()
    form.is_in_one_language()
    form.is_taken("quiet-hours")
