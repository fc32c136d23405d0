"""Set-up on a mobile phone, in dark mode."""

import pytest

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .panel_page import PanelPage
from .setup_steps import ACCOUNT, RECIPIENT, account, begin, finish, give_key, name_recipient

pytestmark = pytest.mark.both_languages


def test_everything_fits_a_telephone_in_the_dark(mobile_user: BrowserUser, gateway: Gateway) -> None:
    user = mobile_user
    form = begin(user)
    form.fits()
    user.takes("key")
    give_key(form, gateway, gateway.key)
    form = Form(user, "config.step.another_account")
    form.fill(name=ACCOUNT)
    form.fits()
    user.takes("account")
    form.submit()
    form = name_recipient(user)
    form.fits()
    user.takes("recipient")
    form.submit()
    form = Form(user, f"{RECIPIENT}.step.check")
    user.takes("checked")
    form.pick("test")
    form.contains_words(f"{RECIPIENT}.create_entry.delivered", target="+33 6 01 02 03 04", name="Camille")
    user.takes("delivered")
    finish(user)
    row = account(user)
    user.takes("its-page")
    user.presses(user.words("panel.config.integrations.config_entry.configure"), row)
    Form(user, "options.step.init").pick("settings")
    Form(user, "options.step.settings").fits()
    user.takes("options")
    panel = PanelPage(user)
    panel.opens("/chat/alice")
    panel.field.wait_for()
    user.takes("messages")
