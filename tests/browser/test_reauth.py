"""A key that the gateway does not take any more."""

import pytest

from .account_steps import ACCOUNT, OUR_PAGE, set_up
from .forms import Form
from .gateway import Gateway
from .person import Person

pytestmark = pytest.mark.both_languages


def test_a_revoked_key_is_noticed_and_another_takes_its_place(person: Person, gateway: Gateway) -> None:
    entry = set_up(person, gateway)
    gateway.order("settings", revoke=gateway.key, token="Another1Key2")
    person.house.act("homeassistant.reload_config_entry", entry_id=entry["entry_id"])
    person.opens(OUR_PAGE)
    person.reads(person.words("panel.config.integrations.reconfigure"))
    person.takes("noticed")
    person.presses(person.words("panel.config.integrations.reconfigure"))
    form = Form(person, "config.step.reauth_confirm", name=ACCOUNT)
    form.is_in_one_language()
    person.takes("another-key")
    form.fill(access_token="Another1Key2")
    form.submit()
    form.says("config.abort.reauth_successful")
    person.takes("done")
    person.presses(person.words("panel.config.integrations.config_flow.close"))
