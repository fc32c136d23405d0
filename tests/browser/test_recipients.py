"""The people of an account: added, edited, removed."""

import pytest
from playwright.sync_api import expect

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, NAME, RECIPIENT, account, finish, set_up

pytestmark = pytest.mark.both_languages


def test_a_recipient_is_added_after_each_mistake_was_explained(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    account(user)
    user.presses(user.words.ours(f"{RECIPIENT}.initiate_flow.user"))
    user.presses(ACCOUNT)
    form = Form(user, f"{RECIPIENT}.step.user")
    form.fill(name="Dominique", number="Dominique")
    form.submit()
    form.error("not_a_number")
    form.is_taken("a-name-instead-of-a-number")
    expect(form.field("name")).to_have_value("Dominique")
    form.fill(name=NAME, number="+33 (0)6 01 02 03 05")
    form.submit()
    form.error("name_taken")
    form.is_in_one_language()
    form.is_taken("a-name-that-is-taken")
    form.fill(name="Dominique")
    form.submit()
    Form(user, f"{RECIPIENT}.step.check").pick("add")
    finish(user)
    expect(account(user)).to_contain_text("Dominique")
    user.takes("two-recipients")


def test_a_recipient_is_edited(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    row = account(user)
    user.presses(user.words.ours(f"{RECIPIENT}.initiate_flow.reconfigure"), row)
    form = Form(user, f"{RECIPIENT}.step.reconfigure")
    expect(form.field("number")).to_have_value("+33 6 01 02 03 04")
    form.fill(name="Camille Martin", number="0033 601020306")
    form.is_in_one_language()
    form.is_taken("edited")
    form.submit()
    form.contains_words(f"{RECIPIENT}.abort.reconfigure_successful")
    user.presses(user.words("panel.config.integrations.config_flow.close"))
    expect(row).to_contain_text("Camille Martin")
    user.takes("another-name")


def test_a_recipient_is_removed(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    row = account(user)
    recipient = user.page.locator("ha-config-sub-entry-row").filter(has_text=NAME)
    user.presses(user.words("common.menu"), recipient)
    user.takes("menu")
    user.chooses(user.words("common.delete"))
    user.takes("asked-again")
    user.confirms(user.words("common.delete"))
    expect(row).not_to_contain_text(NAME)
    user.takes("gone")
