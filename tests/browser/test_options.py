"""The options of an account."""

import pytest
from playwright.sync_api import expect

from .conftest import UserFactory
from .forms import Form
from .gateway import Gateway
from .setup_steps import account, set_up

pytestmark = pytest.mark.both_languages


def test_options_are_explained_checked_and_kept(new_user: UserFactory, gateway: Gateway) -> None:
    # High enough for all of them.
    user = new_user(height=2700)
    set_up(user, gateway)
    row = account(user)
    user.presses(user.words("panel.config.integrations.config_entry.configure"), row)
    Form(user, "options.step.init").pick("settings")
    form = Form(user, "options.step.settings")
    form.is_in_one_language()
    form.is_taken("options")
    form.fill(sender="🏠 Maison", low_balance="30")
    form.submit()
    form.error("invalid_sender")
    expect(form.field("sender")).to_have_value("🏠 Maison")
    expect(form.field("low_balance")).not_to_be_visible()
    form.fits()
    form.is_taken("an-emoji-in-the-sender")
    form.fill(sender="DUPONT")
    form.submit()
    user.presses(user.words("panel.config.integrations.config_flow.finish"))
    user.presses(user.words("panel.config.integrations.config_entry.configure"), row)
    Form(user, "options.step.init").pick("settings")
    form = Form(user, "options.step.settings")
    expect(form.field("sender")).to_have_value("DUPONT")
    expect(form.field("low_balance")).to_have_value("30")
