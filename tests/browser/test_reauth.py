"""Reauthentication and reconfiguration: a new key for an account."""

import pytest

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, OUR_PAGE, account, set_up

pytestmark = pytest.mark.both_languages


def test_a_revoked_key_is_noticed_and_another_takes_its_place(user: BrowserUser, gateway: Gateway) -> None:
    entry = set_up(user, gateway)
    gateway.post("settings", revoke=gateway.key, token="Another1Key2")
    user.house.act("homeassistant.reload_config_entry", entry_id=entry["entry_id"])
    user.opens(OUR_PAGE)
    user.reads(user.words("panel.config.integrations.reconfigure"))
    user.takes("noticed")
    user.presses(user.words("panel.config.integrations.reconfigure"))
    form = Form(user, "config.step.reauth_confirm", name=ACCOUNT)
    form.is_in_one_language()
    form.is_taken("another-key")
    form.fill(access_token="Another1Key2")
    form.submit()
    form.contains_words("config.abort.reauth_successful")
    form.is_taken("done")
    user.presses(user.words("panel.config.integrations.config_flow.close"))


def test_another_key_is_given_to_an_account(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    gateway.post("settings", token="Another1Key2")
    user.presses(user.words("common.menu"), account(user))
    user.takes("menu")
    user.chooses(user.words("panel.config.integrations.config_entry.reconfigure"))
    form = Form(user, "config.step.reconfigure", name=ACCOUNT)
    form.is_in_one_language()
    form.fill(access_token="Wrong1Key2Wrong3")
    form.submit()
    form.error("invalid_auth")
    form.is_taken("a-wrong-key")
    form.fill(access_token="Another1Key2")
    form.submit()
    form.contains_words("config.abort.reconfigure_successful")
    form.is_taken("done")
