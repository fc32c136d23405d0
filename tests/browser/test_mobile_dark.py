"""The same on a telephone, in the dark."""

import pytest

from .browser_user import Person
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, RECIPIENT, account, begin, finish, give_key, name_recipient
from .test_sending import DASHBOARD

pytestmark = pytest.mark.both_languages


def test_everything_fits_a_telephone_in_the_dark(person_out: Person, gateway: Gateway) -> None:
    person = person_out
    form = begin(person)
    form.fits()
    person.takes("key")
    give_key(form, gateway, gateway.key)
    form = Form(person, "config.step.account")
    form.fill(name=ACCOUNT)
    form.fits()
    person.takes("account")
    form.submit()
    form = name_recipient(person)
    form.fits()
    person.takes("recipient")
    form.submit()
    form = Form(person, f"{RECIPIENT}.step.check")
    person.takes("checked")
    form.pick("test")
    form.contains_words(f"{RECIPIENT}.create_entry.delivered", target="+33 6 01 02 03 04", name="Camille")
    person.takes("delivered")
    finish(person)
    row = account(person)
    person.takes("its-page")
    person.presses(person.words("panel.config.integrations.config_entry.configure"), row)
    Form(person, "options.step.init").fits()
    person.takes("options")
    person.opens(DASHBOARD)
    person.waits_for_all()
    person.takes("dashboard")
