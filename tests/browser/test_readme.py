"""The leak of the README, built by somebody who reads nothing else: an alert plan and two automations, by clicks."""

import re
import time
from pathlib import Path

import pytest

from .browser_user import BrowserUser, PhonePage
from .conftest import Window
from .forms import Form
from .gateway import Gateway
from .setup_steps import NAME, account, finish, set_up
from .test_alert_plan import ENTITIES, TEXTS, begin
from .test_automation import EDITOR, LEAK, SIREN, Editor

pytestmark = pytest.mark.both_languages

ROOT = Path(__file__).resolve().parents[2]
README = {"en": "README.md", "fr": "docs/fr/README.md"}
RECIPE = re.compile(r"^## (?:A leak, an alert|Une fuite, une alerte).*?(?=^\| )", re.MULTILINE | re.DOTALL)
THREE_MINUTES = 180.0
# As the demo calls them, and the two automations.
SIRENS = {"en": "Siren", "fr": "Sirène"}
NAMES = {"en": ("Leak in the cellar", "Siren off"), "fr": ("Fuite à la cave", "Silence")}


def make_plan(user: BrowserUser) -> None:
    """Make the plan: a message, one person, over when the leak is."""
    leak, name, message, _ = TEXTS[user.words.language]
    form = begin(user)
    form.fill(name=name, message=message)
    user.presses(user.words("common.add"), form.dialog)
    user.presses(user.words("components.entity.entity-picker.placeholder"))
    user.page.get_by_role("option", name=NAME).click()
    user.confirms(user.words("common.add"))
    form.unfold("end")
    form.dialog.get_by_text(user.words("components.entity.entity-picker.placeholder")).last.click()
    user.finds(leak)
    form.submit()
    Form(user, "config_subentries.alert_plan.step.over_when").submit()
    form = Form(user, "config_subentries.alert_plan.step.check")
    form.dialog.get_by_text(re.compile(name)).last.click()
    finish(user)


def raise_it(user: BrowserUser) -> None:
    """Make the automation that raises it: the leak, the siren, the button of the plan."""
    words, (leak, name, _, _) = user.words, TEXTS[user.words.language]
    raising = words.ours("entity.button.plan_raise.name")
    editor = Editor(user)
    editor.add_of("triggers", leak, words.of("switch", "triggers.turned_on.name"))
    editor.add_of("actions", SIRENS[words.language], words.of("input_boolean", "services.turn_on.name"))
    editor.add_of("actions", raising, words.of("button", "services.press.name"), name)
    user.takes("raise")
    editor.save(NAMES[words.language][0])


def silence_it(user: BrowserUser) -> None:
    """Make the automation that turns the siren off once somebody has taken care."""
    words, (_, name, _, _) = user.words, TEXTS[user.words.language]
    editor = Editor(user)
    user.presses(words(f"{EDITOR}.triggers.add"))
    user.searches(words(f"{EDITOR}.triggers.type.state.label"))
    user.picks(words(f"{EDITOR}.triggers.type.state.label"))
    trigger = user.page.locator("ha-automation-trigger-state")
    trigger.get_by_text(words("components.entity.entity-picker.placeholder")).first.click()
    user.finds(f"{name} {words.ours('entity.sensor.plan_state.name')}", name)
    trigger.get_by_text(words("components.entity.entity-state-picker.state"), exact=True).last.click()
    user.page.get_by_role("option", name=words.ours("entity.sensor.plan_state.state.acknowledged")).first.click()
    user.takes("taken-care-of")
    editor.add_of("actions", SIRENS[words.language], words.of("input_boolean", "services.turn_off.name"))
    editor.save(NAMES[words.language][1])


def test_the_leak_of_the_readme_is_built_in_three_minutes(
    user: BrowserUser, gateway: Gateway, open_window: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(user, gateway)
    account(user)
    began = time.monotonic()
    make_plan(user)
    raise_it(user)
    silence_it(user)
    machine = time.monotonic() - began
    (recipe,) = RECIPE.findall((ROOT / README[user.words.language]).read_text(encoding="utf-8"))
    with capsys.disabled():
        print(f"\n{machine:.0f} s by machine, and {len(recipe.split())} words read")  # noqa: T201
    assert machine < THREE_MINUTES
    phone = PhonePage(open_window(400), gateway.url)
    user.house.act("input_boolean.turn_on", entity_id=LEAK)
    phone.receives(TEXTS[user.words.language][2])
    user.house.until(SIREN, "on")
    phone.types("OK")
    phone.sends()
    user.house.until(ENTITIES[user.words.language][1], "acknowledged")
    user.house.until(SIREN, "off")
    user.house.act("input_boolean.turn_off", entity_id=LEAK)
