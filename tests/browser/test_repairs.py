"""Repair issues."""

import pytest

from .browser_user import Person
from .forms import Form
from .gateway import Gateway
from .setup_steps import NAME, RECIPIENT, set_up

pytestmark = pytest.mark.both_languages


def test_a_blocked_recipient_is_reported_and_gets_another_number(person: Person, gateway: Gateway) -> None:
    set_up(person, gateway)
    gateway.order("settings", blocked=["33601020304"])
    person.house.send("Hello")
    person.opens("/config/repairs")
    person.reads(NAME).click()
    issue = "issues.recipient_blocked.fix_flow.step.init"
    form = Form(person, issue, recipient=NAME)
    form.is_in_one_language()
    form.is_taken("issue")
    form.pick("edit")
    form = Form(person, f"{RECIPIENT}.step.reconfigure")
    form.fill(number="06 01 02 03 07")
    form.is_taken("another-number")
    form.submit()
    form.contains_words(f"{RECIPIENT}.abort.reconfigure_successful")
    person.presses(person.words("panel.config.integrations.config_flow.close"))
    person.reads(person.words("panel.config.repairs.no_repairs"))
    person.takes("mended")
