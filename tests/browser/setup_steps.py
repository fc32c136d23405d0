"""What several stories do: an account and its first recipient, set up as a person does."""

from typing import Any

from playwright.sync_api import Locator

from .browser_user import Person
from .forms import Form
from .gateway import Gateway

ADD = "/config/integrations/dashboard/add?domain=smsmode"
OUR_PAGE = "/config/integrations/integration/smsmode"
FLOW = "panel.config.integrations.config_flow"
RECIPIENT = "config_subentries.recipient"
ACCOUNT = "Chalet"
NAME = "Camille"
NUMBER = "06 01 02 03 04"


def begin(person: Person) -> Form:
    """Ask for a new account; gives the form of the key."""
    person.opens(ADD)
    person.presses(person.words("common.ok"))
    return Form(person, "config.step.user")


def give_key(form: Form, gateway: Gateway, key: str) -> None:
    """Type the key, and the address of the gateway of this story."""
    form.unfold("advanced")
    form.fill(access_token=key, advanced__base_url=gateway.url)
    form.submit()


def name_account(person: Person) -> None:
    """Accept the key that was taken, and name the account."""
    form = Form(person, "config.step.account")
    form.fill(name=ACCOUNT)
    form.submit()


def name_recipient(person: Person) -> Form:
    """Fill the form of the first recipient, which stands there; gives it."""
    form = Form(person, f"{RECIPIENT}.step.user")
    form.fill(name=NAME, number=NUMBER)
    return form


def finish(person: Person) -> None:
    """Close what says that it worked."""
    person.presses(person.words(f"{FLOW}.finish"))
    person.page.get_by_role("dialog").first.wait_for(state="hidden")


def set_up(person: Person, gateway: Gateway) -> dict[str, Any]:
    """Set up an account with a recipient; gives its entry."""
    give_key(begin(person), gateway, gateway.key)
    name_account(person)
    name_recipient(person).submit()
    Form(person, f"{RECIPIENT}.step.check").pick("add")
    finish(person)
    return person.house.accounts()[0]


def account(person: Person) -> Locator:
    """Open the page of the integration; gives what it shows of the account."""
    person.opens(OUR_PAGE)
    shown = person.page.locator("ha-config-entry-row").filter(has_text=ACCOUNT)
    shown.wait_for()
    return shown
