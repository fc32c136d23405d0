"""Steps that several tests share: set-up of an account and its first recipient."""

from typing import Any

from playwright.sync_api import Locator

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway

ADD = "/config/integrations/dashboard/add?domain=smsmode"
OUR_PAGE = "/config/integrations/integration/smsmode"
FLOW = "panel.config.integrations.config_flow"
RECIPIENT = "config_subentries.recipient"
ACCOUNT = "Chalet"
NAME = "Camille"
NUMBER = "06 01 02 03 04"


def begin(user: BrowserUser) -> Form:
    """Start the flow of a new account; returns the form of the key."""
    user.opens(ADD)
    user.presses(user.words("common.ok"))
    return Form(user, "config.step.user")


def give_key(form: Form, gateway: Gateway, key: str) -> None:
    """Enter the key and the address of the gateway."""
    form.unfold("advanced")
    form.fill(access_token=key, advanced__base_url=gateway.url)
    form.submit()


def name_account(user: BrowserUser) -> None:
    """Enter the name of the account."""
    form = Form(user, "config.step.another_account")
    form.fill(name=ACCOUNT)
    form.submit()


def name_recipient(user: BrowserUser) -> Form:
    """Fill in the form of the first recipient; returns the form."""
    form = Form(user, f"{RECIPIENT}.step.user")
    form.fill(name=NAME, number=NUMBER)
    return form


def finish(user: BrowserUser) -> None:
    """Close the dialog of success."""
    user.presses(user.words(f"{FLOW}.finish"))
    user.page.get_by_role("dialog").first.wait_for(state="hidden")


def set_up(user: BrowserUser, gateway: Gateway) -> dict[str, Any]:
    """Set up an account with a recipient; returns its entry."""
    give_key(begin(user), gateway, gateway.key)
    name_account(user)
    name_recipient(user).submit()
    Form(user, f"{RECIPIENT}.step.check").pick("add")
    finish(user)
    return user.house.accounts()[0]


def account(user: BrowserUser) -> Locator:
    """Open the page of the integration; returns the row of the account."""
    user.opens(OUR_PAGE)
    shown = user.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
    shown.wait_for()
    return shown
