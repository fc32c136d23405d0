"""Fields of an alert and of its steps, as an action, a plan or YAML writes them: validated and normalised."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import probatio
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType

from ..api import VoiceLanguage
from ..helpers.validation import identifier, no_boolean, sentence, target, text
from ..state.alert_steps import Channel, Presence
from ..state.alerts import MAX_ROUNDS, MAX_STEPS
from .field_validators import entity_in, period

_TARGETS = probatio.All(cv.ensure_list, [target])
_TIMEOUT = probatio.All(period, probatio.Range(min=timedelta(seconds=1), max=timedelta(days=1)))
_STEP_FIELDS: VolDictType = {
    probatio.Optional("target"): _TARGETS,
    probatio.Optional("number"): _TARGETS,
    probatio.Optional("how", default=Channel.SMS): probatio.Coerce(Channel),
    probatio.Optional("presence", default=Presence.ANY): probatio.Coerce(Presence),
    # The same as "how" and "presence"; the form has them, because Home Assistant translates no choices in a list.
    probatio.Optional("call"): cv.boolean,
    probatio.Optional("notify"): _TARGETS,
    probatio.Optional("script"): _TARGETS,
    probatio.Optional("only_home"): cv.boolean,
    probatio.Optional("only_away"): cv.boolean,
    probatio.Optional("acknowledge_link"): cv.boolean,
    probatio.Optional("delivery_timeout", default=timedelta(minutes=3)): _TIMEOUT,
    probatio.Optional("answer_timeout", default=timedelta(minutes=5)): _TIMEOUT,
}


def _normalise_step(step: dict[str, Any]) -> dict[str, Any]:
    """Return a step with all its targets in one field, its channel and its presence."""
    fields = dict(step)
    called = {Channel.NOTIFY: fields.pop("notify", ()), Channel.SCRIPT: fields.pop("script", ())}
    fields["target"] = [*fields.get("target", ()), *fields.pop("number", ())]
    for channel, targets in called.items():
        if targets:
            fields["how"] = channel
            fields["target"] += targets
    if fields.pop("call", False):
        fields["how"] = Channel.VOICE
    only_home, only_away = fields.pop("only_home", False), fields.pop("only_away", False)
    if only_home is not only_away:
        fields["presence"] = Presence.HOME if only_home else Presence.NOT_HOME
    return fields


_STEP = probatio.All(probatio.Schema(_STEP_FIELDS), _normalise_step)
_ANSWER: VolDictType = {
    probatio.Required("id"): identifier,
    probatio.Required("sentences"): probatio.All(probatio.EnsureList(), [sentence]),
}
ANSWERS = probatio.All(probatio.EnsureList(), [_ANSWER])
ALERT_FIELDS: VolDictType = {
    probatio.Required("message"): text,
    probatio.Required("steps"): probatio.All(probatio.EnsureList(), [_STEP], probatio.Length(min=1, max=MAX_STEPS)),
    probatio.Optional("repeat", default=1): probatio.All(
        no_boolean, probatio.Coerce(int), probatio.Range(min=1, max=MAX_ROUNDS)
    ),
    probatio.Optional("answers"): ANSWERS,
    probatio.Optional("tell_others"): text,
    probatio.Optional("listened_acknowledges"): cv.boolean,
    probatio.Optional("language"): probatio.Coerce(VoiceLanguage),
    probatio.Optional("all_clear"): text,
    probatio.Optional("camera"): entity_in("camera"),
}


def recipients_of(step: Mapping[str, Any]) -> list[Any]:
    """Return the targets of a validated step that name recipients: what Home Assistant calls by itself are none."""
    targets: list[Any] = [] if Channel(step["how"]).is_local else step["target"]
    return targets


def with_recipients(step: Mapping[str, Any], targets: Iterable[Any]) -> dict[str, Any]:
    """Return a validated step with other recipients, if it is for any."""
    return dict(step) if Channel(step["how"]).is_local else {**step, "target": list(targets)}


def as_form_step(step: Mapping[str, Any], entities: Mapping[str, str]) -> dict[str, Any]:
    """Return a validated step as a form has it: the targets that have an entity apart from the others."""
    fields = dict(step)
    channel, presence = Channel(fields.pop("how")), fields.pop("presence", Presence.ANY)
    targets = recipients_of(step)
    fields["target"] = [entities[target] for target in targets if target in entities]
    fields["number"] = [target for target in targets if target not in entities]
    if channel.is_local:
        fields[channel] = step["target"]
    fields["call"] = channel == Channel.VOICE
    fields["only_home"], fields["only_away"] = presence == Presence.HOME, presence == Presence.NOT_HOME
    return fields
