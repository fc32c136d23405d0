"""The first minutes: from the key to the first recipient."""

import pytest
from playwright.sync_api import expect

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, NAME, RECIPIENT, account, begin, finish, give_key, name_recipient

pytestmark = pytest.mark.both_languages
# The account of the demo, which is there before.
HOME = {"en": "Home", "fr": "Maison"}


def test_a_newcomer_is_led_from_the_key_to_a_delivered_test_sms(user: BrowserUser, gateway: Gateway) -> None:
    form = begin(user)
    form.is_in_one_language()
    form.is_taken("key")
    give_key(form, gateway, gateway.key)
    form = Form(user, "config.step.another_account")
    form.contains_words("config.step.another_account.description", balance="100", default=HOME[user.words.language])
    form.fill(name=ACCOUNT)
    form.is_in_one_language()
    form.is_taken("account")
    form.submit()
    form = name_recipient(user)
    form.is_in_one_language()
    form.is_taken("recipient")
    form.submit()
    form = Form(user, f"{RECIPIENT}.step.check")
    form.contains_words(f"{RECIPIENT}.step.check.description", target="+33 6 01 02 03 04", name=NAME)
    form.is_in_one_language()
    form.is_taken("checked")
    gateway.post("settings", progression=None)
    form.pick("test")
    form.contains_words(f"{RECIPIENT}.progress.accepted", target="+33 6 01 02 03 04")
    form.is_in_one_language()
    form.is_taken("on-its-way")
    gateway.post("advance", steps=3)
    form.contains_words(f"{RECIPIENT}.create_entry.delivered", target="+33 6 01 02 03 04", name=NAME)
    form.is_in_one_language()
    form.is_taken("delivered")
    finish(user)
    expect(account(user)).to_contain_text(NAME)
    user.takes("its-page")
    assert gateway.state()["balance"] == 99


def test_a_wrong_key_is_explained_and_can_be_corrected(user: BrowserUser, gateway: Gateway) -> None:
    form = begin(user)
    give_key(form, gateway, "not-a-key-of-this-account")
    form.error("invalid_auth")
    form.is_in_one_language()
    form.is_taken("wrong-key")
    expect(form.field("advanced.base_url")).to_have_value(gateway.url)
    form.fill(access_token=f" {gateway.key} ")
    form.submit()
    Form(user, "config.step.another_account")
