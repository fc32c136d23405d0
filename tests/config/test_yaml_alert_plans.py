"""Alert plans in YAML: they have the keys of the form, and what the form refuses is refused with what to do."""

from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigSubentry, SubentryFlowContext
from homeassistant.core import HomeAssistant

from tests.support.dialogs import LEAK
from tests.support.flow_forms import count_starts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB
from tests.support.plan_house import PLAN
from tests.support.yaml_files import account_of, apply_file, load

PEOPLE = """
    region: FR
    recipients:
      - {name: Alice, number: "06 12 34 56 78", person: person.alice}
      - {name: Carol, number: "06 11 22 33 44"}
    groups:
      - {name: Crew, members: [Carol]}
"""
PLANS = """
    alert_plans:
      - name: Cellar
        message: Water in the cellar! Answer OK if you take care of it.
        steps:
          - {target: alice, delivery_timeout: "00:02:00"}
          - {target: [Crew, "06 98 76 54 32"], how: voice, answer_timeout: 90}
          - {number: person.alice, call: true}
        repeat: 2
        answers: {id: coming, sentences: on my way}
        all_clear: The water is gone.
        over_when: {entity_id: binary_sensor.leak, state: "off"}
"""
ROOF = """
      - {name: Roof, message: It rains in. Answer OK., steps: {target: Carol}}
"""
ANYWHERE = {"presence": "any"}
THREE, FIVE = {"hours": 0, "minutes": 3, "seconds": 0}, {"hours": 0, "minutes": 5, "seconds": 0}
STORED: dict[str, Any] = {
    "message": LEAK,
    "steps": [
        ANYWHERE
        | {"target": ["alice"], "how": "sms", "delivery_timeout": THREE | {"minutes": 2}, "answer_timeout": FIVE},
        ANYWHERE
        | {
            "target": ["Crew", BOB],
            "how": "voice",
            "delivery_timeout": THREE,
            "answer_timeout": {"hours": 0, "minutes": 1, "seconds": 30},
        },
        ANYWHERE | {"target": ["person.alice"], "how": "voice", "delivery_timeout": THREE, "answer_timeout": FIVE},
    ],
    "repeat": 2,
    "answers": [{"id": "coming", "sentences": ["on my way"]}],
    "all_clear": "The water is gone.",
    "over_when": {"entity_id": "binary_sensor.leak", "state": "off"},
}


def written(gateway: Gateway, plans: str = PLANS) -> str:
    """Write configuration.yaml."""
    return f"{account_of(gateway)}{PEOPLE}{plans}"


def plans_of(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the plans of an account by their names."""
    return {plan.title: plan for plan in entry.get_subentries_of_type("alert_plan")}


async def test_a_plan_of_yaml_has_the_keys_of_the_form_and_is_raised(hass: HomeAssistant, gateway: Gateway) -> None:
    entry = await apply_file(hass, written(gateway))
    assert plans_of(entry)["Cellar"].data == STORED
    for _ in range(2):
        await hass.services.async_call("button", "press", {"entity_id": "button.cellar_raise"}, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [(message.text, message.numbers) for message in await gateway.messages()] == [(LEAK, [ALICE_DIGITS])]
    alert = entry.runtime_data.alert_plans.running(plans_of(entry)["Cellar"].subentry_id)
    assert sorted(alert.steps[1].targets) == ["+33611223344", BOB]


async def test_a_plan_of_yaml_can_notify_and_start_a_script(hass: HomeAssistant, gateway: Gateway) -> None:
    local = """
      - name: Attic
        message: Smoke in the attic!
        steps:
          - {target: notify.mobile_app_alice, how: notify, answer_timeout: "00:02:00"}
          - {how: script, script: script.siren}
          - {target: Alice, presence: home}
"""
    entry = await apply_file(hass, written(gateway, f"    alert_plans:\n{local}"))
    steps = plans_of(entry)["Attic"].data["steps"]
    assert [(step["how"], step["target"], step["presence"]) for step in steps] == [
        ("notify", ["notify.mobile_app_alice"], "any"),
        ("script", ["script.siren"], "any"),
        ("sms", ["Alice"], "home"),
    ]


async def test_a_plan_comes_changes_and_goes_with_its_name(hass: HomeAssistant, gateway: Gateway) -> None:
    entry = await apply_file(hass, written(gateway))
    cellar = plans_of(entry)["Cellar"].subentry_id
    await apply_file(hass, written(gateway, PLANS.replace("repeat: 2", "repeat: 3") + ROOF))
    assert list(plans_of(entry)) == ["Cellar", "Roof"]
    assert (plans_of(entry)["Cellar"].subentry_id, plans_of(entry)["Cellar"].data["repeat"]) == (cellar, 3)
    await apply_file(hass, written(gateway, "    alert_plans:\n" + ROOF))
    assert list(plans_of(entry)) == ["Roof"]
    assert hass.states.get("button.cellar_raise") is None


async def test_the_same_yaml_reloads_nothing(hass: HomeAssistant, gateway: Gateway) -> None:
    entry = await apply_file(hass, written(gateway))
    starts = count_starts(entry)
    await apply_file(hass, written(gateway))
    assert starts == []


async def test_a_plan_that_was_made_in_the_ui_stays(
    hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await apply_file(hass, written(gateway, ""))
    data: dict[str, Any] = PLAN | {"repeat": 4}
    own = ConfigSubentry(data=MappingProxyType(data), subentry_type="alert_plan", title="CELLAR", unique_id=None)
    hass.config_entries.async_add_subentry(entry, own)
    await apply_file(hass, written(gateway))
    assert plans_of(entry) == {"CELLAR": own}
    assert "left out" in caplog.text


async def test_a_plan_of_yaml_is_not_edited_in_the_ui(hass: HomeAssistant, gateway: Gateway) -> None:
    entry = await apply_file(hass, written(gateway))
    subentry_id = plans_of(entry)["Cellar"].subentry_id
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)
    flow = await hass.config_entries.subentries.async_init((entry.entry_id, "alert_plan"), context=context)
    assert (flow["type"], flow["reason"]) == ("abort", "managed_by_yaml")


@pytest.mark.parametrize(
    ("plans", "said"),
    [
        pytest.param(PLANS.replace("target: alice", "target: Alise"), "no recipient or group", id="unknown"),
        pytest.param(PLANS.replace("{target: alice, ", "{"), "a step is for nobody", id="for nobody"),
        pytest.param(PLANS.replace("06 98 76 54 32", "06 98"), "no phone has this number", id="no number"),
        pytest.param(PLANS.replace('"06 98 76 54 32"', "33698765432"), "not a phone number", id="no quotes"),
        pytest.param(PLANS.replace("Cellar", "C" * 65), "64 characters", id="a long name"),
        pytest.param(PLANS + ROOF.replace("Roof", "CELLAR"), "two plans", id="two"),
        pytest.param(PLANS.replace(LEAK, '" "'), "what the message says", id="no message"),
        pytest.param(PLANS.replace('state: "off"', "state: off"), "quotes", id="a state without quotes"),
        pytest.param(PLANS.replace("repeat: 2", "repeat: 6"), "repeat", id="too many rounds"),
    ],
)
async def test_what_the_form_refuses_yaml_refuses(
    hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture, plans: str, said: str
) -> None:
    assert await load(hass, written(gateway, plans)) is None
    assert said in caplog.text
    assert "98765432" not in caplog.text.replace(" ", "")
