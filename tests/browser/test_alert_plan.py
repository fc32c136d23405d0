"""An alert plan made by clicks, raised by its button, answered on the telephone, and over when the leak is."""

import re

import pytest

from .browser_user import BrowserUser, PhonePage
from .conftest import UserFactory, Window
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, NAME, account, finish, set_up

pytestmark = pytest.mark.both_languages

PLAN = "config_subentries.alert_plan"
LEAK = "input_boolean.leak"
# What is written, the button of the page of its link, and what the page says then.
LINKS = {
    "en": ("Water in the cellar!", "I take care of it", "Thank you"),
    "fr": ("De l'eau a la cave !", "Je m’en occupe", "Merci"),
}
ALICE = "33612345678"
TAKEN = {
    "en": "Alice takes care of it. There is nothing else to do.",
    "fr": "Alice s'en occupe. Il n'y a rien d'autre à faire.",
}
# As the demo calls the leak; what a person types; the entities of the plan.
TEXTS = {
    "en": ("Water on the kitchen floor", "Cellar", "Water in the cellar! Answer OK.", "The cellar is dry."),
    "fr": ("Eau dans la cuisine", "Cave", "De l'eau a la cave ! Repondez OK.", "La cave est seche."),
}
ENTITIES = {"en": ("button.cellar_raise", "sensor.cellar_state"), "fr": ("button.cave_declencher", "sensor.cave_etat")}


def begin(user: BrowserUser) -> Form:
    """Open the form of a new plan of the account that the test set up."""
    account(user)
    user.presses(user.words.ours(f"{PLAN}.initiate_flow.user"))
    user.presses(ACCOUNT)
    return Form(user, f"{PLAN}.step.user")


def fill_in(user: BrowserUser, form: Form) -> None:
    """Fill the form in: one step to the only recipient, over when the leak is."""
    leak, name, message, clear = TEXTS[user.words.language]
    form.fill(name=name, message=message)
    user.presses(user.words("common.add"), form.dialog)
    user.presses(user.words("components.entity.entity-picker.placeholder"))
    user.page.get_by_role("option", name=NAME).click()
    user.takes("step")
    user.confirms(user.words("common.add"))
    form.unfold("end")
    form.fill(end__all_clear=clear)
    form.dialog.get_by_text(user.words("components.entity.entity-picker.placeholder")).last.click()
    user.finds(leak)
    form.is_in_one_language()
    form.is_taken("form")
    form.submit()


def say_when_it_is_over(user: BrowserUser) -> None:
    """See that its state as it is now is the one in which it is over, and add the plan."""
    form = Form(user, f"{PLAN}.step.over_when")
    form.is_in_one_language()
    form.is_taken("over-when")
    form.submit()
    form = Form(user, f"{PLAN}.step.check")
    form.is_in_one_language()
    form.is_taken("summary")
    form.dialog.get_by_text(re.compile(TEXTS[user.words.language][1])).last.click()
    finish(user)


def press(user: BrowserUser, name: str) -> None:
    """Press a button of the plan on the page of its device."""
    row = user.page.locator("hui-button-entity-row, hui-generic-entity-row").filter(has_text=name).first
    row.get_by_role("button", name=user.words("card.button.press")).click()


def test_a_plan_is_made_by_clicks_raised_answered_and_over(
    user: BrowserUser, gateway: Gateway, open_window: Window
) -> None:
    set_up(user, gateway)
    form = begin(user)
    form.is_taken("empty")
    fill_in(user, form)
    say_when_it_is_over(user)
    account(user)
    user.takes("its-account")
    button, state = ENTITIES[user.words.language]
    _, _, message, clear = TEXTS[user.words.language]
    phone = PhonePage(open_window(400), gateway.url)
    user.opens(f"/config/devices/device/{user.house.device_of(button)}")
    user.waits_for_all()
    user.takes("device")
    press(user, user.words.ours("entity.button.plan_raise.name"))
    phone.receives(message)
    user.house.until(state, "waiting")
    user.takes_both("raised", phone)
    phone.types("OK")
    phone.sends()
    user.house.until(state, "acknowledged")
    user.takes_both("answered", phone)
    user.house.act("input_boolean.turn_on", entity_id=LEAK)
    press(user, user.words.ours("entity.button.plan_raise.name"))
    user.house.until(state, "waiting")
    user.house.act("input_boolean.turn_off", entity_id=LEAK)
    user.house.until(state, "resolved")
    phone.receives(clear)
    user.takes_both("over", phone)


def test_the_form_fits_a_telephone(new_user: UserFactory, gateway: Gateway) -> None:
    user = new_user(width=390, height=844, handy=True)
    set_up(user, gateway)
    form = begin(user)
    form.fits()
    form.is_taken("empty")
    fill_in(user, form)
    form = Form(user, f"{PLAN}.step.over_when")
    form.fits()
    form.submit()
    form = Form(user, f"{PLAN}.step.check")
    form.is_taken("summary")
    form.dialog.get_by_text(re.compile(TEXTS[user.words.language][1])).last.click()
    finish(user)
    button, _ = ENTITIES[user.words.language]
    user.opens(f"/config/devices/device/{user.house.device_of(button)}")
    user.waits_for_all()
    user.takes("device")


def test_a_link_is_opened_on_a_telephone_that_is_logged_in_nowhere_and_pressed(
    new_user: UserFactory, open_window: Window
) -> None:
    user = new_user()
    user.opens("/config/dashboard")
    user.waits_for_all()
    text, button, thanks = LINKS[user.words.language]
    house = user.house
    with house.reached_from_outside(user.page):
        steps = [{"target": ["Alice", "Bob"], "acknowledge_link": True}]
        house.act("smsmode.alert", alert_id="cellar", message=text, steps=steps)
        path = house.link_in(text, ALICE)
        light, page = (open_window(390, 600, dark=is_dark, handy=True) for is_dark in (False, True))
        for window in (light, page):
            window.goto(f"{house.url}{path}")
            assert window.evaluate("document.documentElement.scrollWidth") <= 390
        user.takes_page("light", light)
        user.takes_page("dark", page)
        page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name=thanks).wait_for()
        user.takes_page("pressed", page)
        assert house.arrived(TAKEN[user.words.language]) > 0
