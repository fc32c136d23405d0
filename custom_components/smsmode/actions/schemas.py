"""Schemas of the actions: fields, validated and normalised."""

from datetime import timedelta

import probatio
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType

from ..api import VoiceLanguage
from ..config.alert_fields import ALERT_FIELDS, ANSWERS
from ..config.field_validators import aware_datetime, period
from ..config.yaml_schema import MESSAGE_FIELDS
from ..const import ATTR_CONFIG_ENTRY_ID
from ..conversations.answers import READY
from ..helpers.validation import identifier, no_boolean, target, text
from ..sending.worker import FlushMode

_ENTRY: VolDictType = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): text}
_TARGETS = probatio.All(cv.ensure_list, [target])
# Names and numbers, and what Home Assistant's own target adds to the fields of a call.
_RECIPIENTS: VolDictType = {probatio.Optional("target"): _TARGETS, **cv.TARGET_FIELDS}
_COUNT = probatio.All(no_boolean, probatio.Coerce(int), probatio.Range(min=1, max=10_000))
_START = probatio.All(no_boolean, probatio.Coerce(int), probatio.Range(min=0))


def _schema(fields: VolDictType) -> probatio.Schema:
    return probatio.Schema(_ENTRY | fields)


def _only(*names: str) -> VolDictType:
    """Return some of the fields of an SMS."""
    return {key: validator for key, validator in MESSAGE_FIELDS.items() if str(key) in names}


_TEXT: VolDictType = {
    probatio.Required("message"): text,
    **_RECIPIENTS,
    probatio.Optional("title"): text,
}

SEND_MESSAGE = _schema(_TEXT | MESSAGE_FIELDS)
SEND_VOICE_MESSAGE = _schema(
    _TEXT
    | {probatio.Optional("language"): probatio.Coerce(VoiceLanguage)}
    | _only("send_at", "expires_after", "queue", "urgent", "repeat")
)
BATCH_LINE = probatio.Schema(
    {
        probatio.Required("target"): target,
        probatio.Required("message"): text,
        probatio.Optional("sender"): text,
        probatio.Optional("reference"): identifier,
    }
)
SEND_BATCH = _schema(
    {
        # Of tens of thousands, each is checked where it does not hold up the house: see `message_actions`.
        probatio.Exclusive("messages", "source"): list,
        probatio.Exclusive("file", "source"): text,
        probatio.Optional("skip_invalid"): cv.boolean,
    }
    | _only("sender", "reply", "max_segments", "stop", "send_at", "reference", "expires_after", "queue", "urgent")
)
ACCOUNT_ONLY = _schema({})
MESSAGE_ID = _schema({probatio.Required("message_id"): identifier})
QUEUE_ID = _schema({probatio.Required("queue_id"): identifier})
GET_SENT_MESSAGES = _schema(
    {probatio.Optional("count", default=50): _COUNT, probatio.Optional("start", default=0): _START}
)
GET_REPLIES = _schema(
    {
        probatio.Optional("count"): _COUNT,
        probatio.Optional("start"): _START,
        probatio.Optional("start_time"): aware_datetime,
        probatio.Optional("end_time"): aware_datetime,
    }
)
DELETE_MESSAGE = _schema(
    {
        probatio.Optional("message_id"): identifier,
        probatio.Optional("queue_id"): identifier,
        probatio.Optional("number"): target,
    }
)
FLUSH = _schema({probatio.Optional("mode", default=FlushMode.RETRY): probatio.Coerce(FlushMode)})
ADD_CONTACT = _schema(
    {
        probatio.Required("name"): text,
        probatio.Required("number"): target,
        probatio.Optional("first_name"): text,
        probatio.Optional("groups"): probatio.All(cv.ensure_list, [text]),
        probatio.Optional("company"): text,
        probatio.Optional("birth_date"): cv.date,
        probatio.Optional("other"): text,
    }
)
CREATE_SUBACCOUNT = _schema(
    {
        probatio.Required(CONF_USERNAME): text,
        probatio.Required(probatio.Secret(CONF_PASSWORD)): text,
        **{
            probatio.Optional(name): text
            for name in (
                "reference",
                "last_name",
                "first_name",
                "company",
                "address",
                "city",
                "postal_code",
                "phone",
                "fax",
                "email",
            )
        },
        probatio.Optional("mobile"): target,
        probatio.Optional("birth_date"): cv.date,
    }
)
CHECK_ACCOUNT = _schema(
    {
        probatio.Optional("recipient"): target,
        probatio.Optional("reads_well"): cv.boolean,
        probatio.Optional("group"): text,
        probatio.Optional("call"): cv.boolean,
        probatio.Optional("night"): cv.boolean,
        probatio.Optional("stop"): cv.boolean,
    }
)
DELETE_SUBACCOUNT = _schema({probatio.Required(CONF_USERNAME): text})
TRANSFER_CREDITS = _schema(
    {
        probatio.Required(CONF_USERNAME): text,
        probatio.Required("amount"): probatio.All(no_boolean, probatio.Coerce(float)),
        probatio.Optional("reference"): identifier,
    }
)
_NAME = probatio.All(identifier, probatio.Length(min=1, max=64))
_PATIENCE = probatio.All(period, probatio.Range(min=timedelta(seconds=1)))
ASK = _schema(
    {
        probatio.Required("question"): text,
        **_RECIPIENTS,
        probatio.Optional("ready_answers"): probatio.In(list(READY)),
        probatio.Optional("answers"): ANSWERS,
        probatio.Optional("timeout", default=timedelta(minutes=10)): _PATIENCE,
        probatio.Optional("ask_again"): text,
        probatio.Optional("tell_others"): text,
        probatio.Optional("ask_id"): _NAME,
        **_only("camera", "urgent"),
    }
)
PAUSE_RECIPIENT = _schema(
    {
        probatio.Optional("recipient"): _TARGETS,
        **cv.TARGET_FIELDS,
        probatio.Optional("duration"): probatio.All(_PATIENCE, probatio.Range(max=timedelta(days=366))),
    }
)
# Of a plan it has all but what is given.
_ALERT_FIELDS: VolDictType = {
    **{probatio.Optional(str(field)): validator for field, validator in ALERT_FIELDS.items()},
    probatio.Optional("alert_id"): _NAME,
    probatio.Optional("plan"): text,
}
ALERT = _schema({**_ALERT_FIELDS, probatio.Optional("preview"): cv.boolean})
PREVIEW_ALERT = _schema(_ALERT_FIELDS)
CANCEL_ALERT = _schema({probatio.Required("alert_id"): _NAME})
RESOLVE_ALERT = _schema({probatio.Required("alert_id"): _NAME, probatio.Optional("all_clear"): text})
ACKNOWLEDGE = _schema({probatio.Required("alert_id"): _NAME, probatio.Optional("by"): text})
