"""The set-up forms speak English and French, and say everything that they have to say."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import probatio
import pytest
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import SelectSelector

import custom_components.smsmode
from custom_components.smsmode.config import commands as command_data
from custom_components.smsmode.config.alert_plans import PlanProblem
from custom_components.smsmode.config.commands import CommandProblem
from custom_components.smsmode.config.options import LinkObstacle
from custom_components.smsmode.config.phone_numbers import NumberProblem
from custom_components.smsmode.config.recipient_groups import GroupProblem
from custom_components.smsmode.config.recipient_validation import RecipientProblem
from custom_components.smsmode.config.watchdogs import WatchdogProblem
from custom_components.smsmode.conversations.alert_targets import NOT_NOTIFIER, UNKNOWN_SCRIPT
from custom_components.smsmode.flows import account as account_form
from custom_components.smsmode.flows import account_check, alert_plan_form, watchdog_trial
from custom_components.smsmode.flows import commands as command_flow
from custom_components.smsmode.flows import group as group_flow
from custom_components.smsmode.flows import options as options_form
from custom_components.smsmode.flows import recipient as recipient_flow
from custom_components.smsmode.flows import watchdog as watchdog_flow
from custom_components.smsmode.flows.account import NameProblem
from custom_components.smsmode.flows.recipient_check import NEXT_PAGES
from custom_components.smsmode.receiving.callback_url import CallbackObstacle
from custom_components.smsmode.sending.delivery_check import CheckProgress
from custom_components.smsmode.state.account_facts import CheckStep
from tests.support.flow_forms import key_of
from tests.support.translations import calls

type Texts = dict[str, str]

FOLDER = Path(custom_components.smsmode.__file__).parent / "translations"
SECTIONS = ("config", "config_subentries", "options", "selector")
ACCOUNT = account_form.account_schema(probatio.Required, "https://gateway.example", {})
KEY = account_form.key_schema(probatio.Required)
WATCHDOG = watchdog_flow.form_schema([])
GROUP = group_flow.form_schema([])
PLAN = alert_plan_form.form_schema([])
FORMS = {
    "config.step.user": ACCOUNT,
    "config.step.account": account_form.NAME_SCHEMA,
    "config.step.account_postpaid": account_form.NAME_SCHEMA,
    "config.step.another_account": account_form.NAME_SCHEMA,
    "config.step.reconfigure": ACCOUNT,
    "config.step.reauth_confirm": KEY,
    "config.step.reauth_yaml": probatio.Schema({}),
    "config_subentries.recipient.step.user": recipient_flow.SCHEMA,
    "config_subentries.recipient.step.reconfigure": recipient_flow.SCHEMA,
    "config_subentries.group.step.user": GROUP,
    "config_subentries.group.step.reconfigure": GROUP,
    "config_subentries.commands.step.user": probatio.Schema(
        {probatio.Required(command_data.CONF_RECIPIENT): str, **command_flow.WHAT}
    ),
    "config_subentries.commands.step.reconfigure": probatio.Schema(command_flow.WHAT),
    "config_subentries.alert_plan.step.user": PLAN,
    "config_subentries.alert_plan.step.reconfigure": PLAN,
    "config_subentries.alert_plan.step.over_when": alert_plan_form.state_schema("binary_sensor.leak"),
    "config_subentries.watchdog.step.user": WATCHDOG,
    "config_subentries.watchdog.step.reconfigure": WATCHDOG,
    "config_subentries.watchdog.step.try_on": probatio.Schema({probatio.Required(watchdog_trial.FIELD_PERSON): str}),
    "options.step.settings": options_form.sections_schema(options_form.SECTIONS),
    "options.step.check": account_check.check_schema([]),
}
# The steps after the form of a recipient, and those of their choices that are explained.
MENUS = {
    "check": {"test", "add"},
    "check_unknown": {"test", "add"},
    "check_abroad": {"test", "add"},
    "check_group": {"test", "add"},
    "check_asleep": set[str](),
    "not_sent": set[str](),
    "group_refused": set[str](),
    "not_delivered": set[str](),
    "blocked": set[str](),
    "some_delivered": set[str](),
    "unreported": set[str](),
}
# What each of them offers, as the code says.
OFFERED = {
    ast.literal_eval(call.args[0]): {ast.literal_eval(option) for option in call.args[1:]}
    for call in calls("_show_menu", "recipient_check.py")
}
RECIPIENT = "config_subentries.recipient"
# Those of the check of an account, as the code says, and the one before them.
CHECK_MENUS = {"init": {"settings", "check"}} | {
    ast.literal_eval(call.args[0]): {ast.literal_eval(option) for option in call.args[1:]}
    for call in calls("_show_menu", "account_check.py")
}
ERRORS = {
    "config.error": {
        "invalid_auth",
        "invalid_access_token",
        "key_of_another",
        "invalid_base_url",
        "cannot_connect",
        "unknown",
        *NameProblem,
    },
    "config.abort": {"already_configured", "managed_by_yaml"},
    "config_subentries.recipient.error": {*NumberProblem, *RecipientProblem},
    "config_subentries.recipient.abort": {"already_configured", "too_many", "managed_by_yaml"},
    "config_subentries.recipient.initiate_flow": {"user", "reconfigure"},
    "config_subentries.group.error": {
        *GroupProblem,
        *(problem for problem in RecipientProblem if problem.startswith("name_")),
    },
    "config_subentries.group.abort": {"no_recipients", "managed_by_yaml"},
    "config_subentries.group.initiate_flow": {"user", "reconfigure"},
    "config_subentries.commands.error": set(CommandProblem),
    "config_subentries.commands.abort": {"already_configured", "nobody_to_command", "managed_by_yaml"},
    "config_subentries.commands.initiate_flow": {"user", "reconfigure"},
    "config_subentries.watchdog.error": {*NumberProblem, *WatchdogProblem, "not_tried"},
    "config_subentries.watchdog.abort": {"too_many", "managed_by_yaml"},
    "config_subentries.watchdog.initiate_flow": {"user", "reconfigure"},
    "config_subentries.alert_plan.error": {
        *NumberProblem,
        *PlanProblem,
        NOT_NOTIFIER,
        UNKNOWN_SCRIPT,
        *LinkObstacle,
        *(f"camera_{obstacle}" for obstacle in LinkObstacle),
        "not_possible",
        "state_missing",
    },
    "config_subentries.alert_plan.abort": {"no_recipients", "too_many", "managed_by_yaml"},
    "config_subentries.alert_plan.initiate_flow": {"user", "reconfigure"},
    "config_subentries.recipient.progress": set(CheckProgress),
    "config_subentries.recipient.create_entry": {"delivered", "untested"},
    "options.error": {
        "invalid_sender",
        "generic_sender",
        "invalid_fallback",
        "invalid_links",
        *(f"invalid_{field}" for field in options_form.SECTIONS["money"].schema),
        "invalid_low_balance",
        "invalid_quick_replies",
        "invalid_daily_limit",
        *(f"callback_{obstacle}" for obstacle in CallbackObstacle if obstacle is not CallbackObstacle.TURNED_OFF),
    },
    "options.abort": {"managed_by_yaml", "check_asleep", "check_nobody", "check_interrupted"},
    "options.progress": set(CheckStep),
}


def _flat(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _texts(language: str) -> Texts:
    """Give the texts of the set-up by their paths."""
    tree = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    flat = dict(_flat({key: tree[key] for key in SECTIONS}))
    return {path: text for path, text in flat.items() if not path.startswith("selector.") or path in _needed()}


def _fields(form: str, schema: probatio.Schema) -> Iterator[str]:
    """Give the paths that a form needs texts at."""
    for marker, field in schema.schema.items():
        key = key_of(marker)
        if isinstance(field, section):
            yield f"{form}.sections.{key}.name"
            yield f"{form}.sections.{key}.description"
            yield from _fields(f"{form}.sections.{key}", field.schema)
        else:
            yield f"{form}.data.{key}"
            yield f"{form}.data_description.{key}"


def _choices(schema: probatio.Schema) -> Iterator[str]:
    """Give the paths of the options that a form lets a person choose from."""
    for field in schema.schema.values():
        if isinstance(field, section):
            yield from _choices(field.schema)
        elif isinstance(field, SelectSelector):
            yield from (f"selector.{field.config['translation_key']}.options.{key}" for key in field.config["options"])


@cache
def _needed() -> set[str]:
    paths = {f"{form}.{text}" for form in FORMS for text in ("title", "description")}
    for form, schema in FORMS.items():
        paths |= {*_fields(form, schema), *_choices(schema)}
    for where, keys in ERRORS.items():
        paths |= {f"{where}.{key}" for key in keys}
    for step, options in CHECK_MENUS.items():
        paths |= {f"options.step.{step}.{text}" for text in ("title", "description")}
        paths |= {f"options.step.{step}.menu_options.{option}" for option in options}
    paths |= {f"options.step.{step}" for step in ("check_watch.title", "check_done.title", "check_done.description")}
    for step in ("check", "check_unproven", "tried"):
        menu = f"config_subentries.watchdog.step.{step}"
        paths |= {f"{menu}.title", f"{menu}.description", f"{menu}.menu_option_descriptions.try_on"}
        paths |= {f"{menu}.menu_options.{option}" for option in ("add", "try_on", "correct")}
    for step, option in (("check", "add"), ("check_changes", "save")):
        menu = f"config_subentries.alert_plan.step.{step}"
        paths |= {
            f"{menu}.title",
            f"{menu}.description",
            f"{menu}.menu_options.{option}",
            f"{menu}.menu_options.correct",
        }
    for step, explained in MENUS.items():
        paths |= {f"{RECIPIENT}.step.{step}.{text}" for text in ("title", "description")}
        paths |= {f"{RECIPIENT}.step.{step}.menu_options.{option}" for option in OFFERED[step]}
        paths |= {f"{RECIPIENT}.step.{step}.menu_option_descriptions.{option}" for option in explained}
    edited = ("config", RECIPIENT, "config_subentries.group", "config_subentries.alert_plan")
    ends = {"config.abort.reauth_successful", *(f"{of}.abort.reconfigure_successful" for of in edited)}
    kinds = ("alert_plan", "commands", "group", "recipient", "watchdog")
    entry_types = {f"config_subentries.{kind}.entry_type" for kind in kinds}
    return paths | ends | entry_types | {f"{RECIPIENT}.step.watch.title"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_text_that_the_forms_use_exists_and_no_other(language: str) -> None:
    assert set(_texts(language)) == _needed()


def test_both_languages_fill_in_the_same_places() -> None:
    english, french = _texts("en"), _texts("fr")
    for path, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", french[path])), path


_OF_SUBENTRIES = {
    "region",
    "code",
    "name",
    "target",
    "reason",
    "status",
    "delivered",
    "shortest",
    "message",
    "price",
    "summary",
    "entity",
    "limit",
    *NEXT_PAGES,
}


@pytest.mark.parametrize(
    ("where", "known"),
    [
        ("config.", {*account_form.PLACEHOLDERS, "name", "balance", "default"}),
        ("config_subentries.", _OF_SUBENTRIES),
        ("options.", {"currency", "segment_price", "price", "report", "download", "form"}),
        ("selector.", set[str]()),
    ],
)
def test_only_places_that_the_forms_fill_are_used(where: str, known: set[str]) -> None:
    for path, text in _texts("en").items():
        if path.startswith(where):
            assert set(re.findall(r"{(\w+)}", text)) <= known, path


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_texts_are_plain_and_fit_on_a_telephone(language: str) -> None:
    for path, text in _texts(language).items():
        assert text.strip() == text, path
        assert not re.search(r"https?://|<|>|\[%|'|\*\*|`", text), path
        if path.endswith(".title") or ".data." in path or ".menu_options." in path:
            assert len(text) <= 40, path


def test_french_is_set_as_french() -> None:
    for path, text in _texts("fr").items():
        assert not re.search(r"[^\u00a0\d]:|[^\u202f][;!?]|«[^\u00a0]|[^\u00a0]»|\"", text.replace("group:", "")), path
