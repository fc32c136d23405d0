"""Translations and icons of the integration for tests, and the errors and issues that its code raises."""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

from homeassistant.util.yaml import load_yaml_dict

from custom_components.smsmode import api
from custom_components.smsmode.config.options import LinkObstacle
from custom_components.smsmode.config.phone_numbers import NumberProblem
from custom_components.smsmode.config.recipients import (
    GROUP_BATCH,
    GROUP_EMPTY,
    GROUP_VOICE,
    PAUSED,
    UNKNOWN_RECIPIENT,
    Failure,
)
from custom_components.smsmode.config.watchdogs import WatchdogProblem
from custom_components.smsmode.conversations.alert_targets import NOT_NOTIFIER, UNKNOWN_SCRIPT
from custom_components.smsmode.conversations.answers import AnswerError, AnswerProblem
from custom_components.smsmode.conversations.reply_targets import explain_answers
from custom_components.smsmode.errors import batch_row_error, no_target, translate, validation_error
from custom_components.smsmode.helpers.bounded_regex import RegexProblem
from custom_components.smsmode.helpers.repair_issues import RECIPIENT_ISSUES, IssueType
from custom_components.smsmode.state.budget import LimitExceededError, LimitType
from custom_components.smsmode.state.outbox import OutboxFullError
from custom_components.smsmode.state.store import StorageError

type Json = dict[str, Any]

PACKAGE = Path(api.__file__).parents[1]
TRANSLATIONS: Mapping[str, Json] = {
    language: json.loads((PACKAGE / "translations" / f"{language}.json").read_text(encoding="utf-8"))
    for language in ("en", "fr")
}
ICONS: Json = json.loads((PACKAGE / "icons.json").read_text(encoding="utf-8"))
ACTIONS: Json = load_yaml_dict(str(PACKAGE / "services.yaml"))


def _described(file: str) -> Json:
    """Return the triggers or conditions of a YAML file; keys that begin with a dot are anchors."""
    return {name: it for name, it in load_yaml_dict(str(PACKAGE / file)).items() if not name.startswith(".")}


TRIGGERS: Json = _described("triggers.yaml")
CONDITIONS: Json = _described("conditions.yaml")
NOT_RAISED_BY_ACTIONS = api.SmsmodeCallbackError


def strings(node: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each string with the path of its key."""
    for key, value in node.items():
        if isinstance(value, dict):
            yield from strings(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def placeholders(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def fields_of(described: Json | None) -> Json:
    """Return the fields of an action or trigger, those of its sections included."""
    fields: Json = {}
    for name, field in _top_fields(described):
        fields |= field.get("fields", {name: field})
    return fields


def sections_of(described: Json | None) -> set[str]:
    """Return the sections of an action."""
    return {name for name, field in _top_fields(described) if "fields" in field}


def _top_fields(described: Json | None) -> list[tuple[str, Json]]:
    return list(((described or {}).get("fields") or {}).items())


def selectors(node: object) -> Iterator[tuple[str, Json]]:
    """Yield each selector in a file with its kind, those of nested fields included."""
    if isinstance(node, dict):
        if isinstance(node.get("selector"), dict):
            yield from ((kind, config or {}) for kind, config in node["selector"].items())
        for child in node.values():
            yield from selectors(child)


def calls(name: str, files: str = "*.py") -> Iterator[ast.Call]:
    """Yield each call of a function of this name in the integration, or in one file of it."""
    for file in PACKAGE.rglob(files):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield node


def arguments(call: ast.Call) -> dict[str, ast.expr]:
    """Return the keyword arguments of a call."""
    return {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


# What can become of a watchdog that was possible when it was described.
NO_LONGER_POSSIBLE = (
    WatchdogProblem.TARGETS_MISSING,
    WatchdogProblem.ONE_GROUP,
    WatchdogProblem.MESSAGE_TOO_LONG,
)


# What can be wrong with one row of a batch.
OF_A_ROW = (
    api.InputProblem.TEXT_EMPTY,
    api.InputProblem.TEXT_NOT_ENCODABLE,
    api.InputProblem.BATCH_UNICODE,
    api.InputProblem.NUMBER_INVALID,
    api.InputProblem.SENDER_INVALID,
    api.InputProblem.SENDER_WITH_REPLY,
    api.InputProblem.REFERENCE_TOO_LONG,
    api.InputProblem.TEXT_TOO_LONG,
)


def literal_errors() -> dict[str, set[str]]:
    """Return the errors whose key is a literal where they are raised, with the placeholders that are filled."""
    found: dict[str, set[str]] = {}
    for call in (*calls("validation_error"), *calls("operation_error")):
        named = arguments(call)
        if isinstance(key := call.args[0], ast.Constant) and len(named) == len(call.keywords):
            found[str(key.value)] = found.get(str(key.value), set(named)) & set(named)
    entry_errors = ("ConfigEntryAuthFailed", "ConfigEntryError", "ConfigEntryNotReady", "UpdateFailed")
    for call in (call for error in entry_errors for call in calls(error)):
        found[str(ast.literal_eval(arguments(call)["translation_key"]))] = set()
    return found


def derived_errors() -> dict[str, set[str]]:
    """Return the errors whose key is derived from an exception, with the placeholders that are filled."""
    kinds = [kind for kind in _descendants(api.SmsmodeError) if kind is not NOT_RAISED_BY_ACTIONS]
    errors = [translate(_raised(kind)) for kind in kinds if kind is not api.SmsmodeInputError]
    errors += [translate(api.SmsmodeInputError(problem)) for problem in api.InputProblem]
    errors += [translate(LimitExceededError(cap, 1)) for cap in LimitType]
    errors += [validation_error(problem) for problem in RegexProblem]
    errors += [explain_answers(AnswerError(problem, "one", "other")) for problem in AnswerProblem]
    errors += [batch_row_error(problem, 1, "somebody") for problem in OF_A_ROW]
    reasons = (*NumberProblem, UNKNOWN_RECIPIENT, GROUP_VOICE, GROUP_BATCH, GROUP_EMPTY, PAUSED)
    failures = [Failure(f"somebody {reason}", reason) for reason in reasons]
    errors += [validation_error(f"watchdog_{problem}") for problem in NO_LONGER_POSSIBLE]
    errors += [validation_error(f"camera_{obstacle}") for obstacle in LinkObstacle]
    errors += [translate(OutboxFullError()), translate(StorageError())]
    errors += [no_target(failures), *(no_target([failure]) for failure in failures)]
    # They keep a step from being called, and no message from being sent.
    errors += [no_target([Failure("somebody", reason)]) for reason in (NOT_NOTIFIER, UNKNOWN_SCRIPT)]
    return {str(error.translation_key): set(error.translation_placeholders or ()) for error in errors}


def issue_placeholders() -> dict[IssueType, set[str]]:
    """Return the placeholders that are filled where an issue is raised, by the type of issue."""
    told: dict[IssueType, set[str]] = {}
    for call in (*calls("async_raise_issue"), *calls("async_raise_watchdog_issue")):
        which = ast.unparse(call.args[2])
        problems = [problem for problem in IssueType if which == f"IssueType.{problem.name}"]
        if which.startswith("IssueType("):
            problems = [IssueType(limit.value) for limit in LimitType]
        for problem in problems:
            told[problem] = {"account", *arguments(call)}
    # Its fix flow fills in what waits.
    told[IssueType.MESSAGES_WAITING].add("messages")
    return told | {problem: {"account", "recipient"} for problem in RECIPIENT_ISSUES}


def _descendants(kind: type[api.SmsmodeError]) -> Iterator[type[api.SmsmodeError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def _raised(kind: type[api.SmsmodeError]) -> api.SmsmodeError:
    return kind(99, "words") if issubclass(kind, api.SmsmodeGatewayError) else kind()
