"""Exceptions of the client, one class for each way to react.

    SmsmodeError
    ├── SmsmodeInputError          the request breaks a limit of the document; nothing was sent: correct the input
    ├── SmsmodeConnectionError     no connection was made; nothing was sent: try again later
    ├── SmsmodeUncertainError      the request was sent, no response could be parsed: look before trying again
    ├── SmsmodeCallbackError       what came to the callback URL is no callback of the gateway: ignore it
    └── SmsmodeGatewayError        the gateway answered with a return code other than 0
        ├── SmsmodeAuthError           32: ask for another key
        ├── SmsmodeCreditError         33: buy credits
        ├── SmsmodeParameterError      35: the gateway refuses a parameter
        ├── SmsmodeIdentifierError     41: the name exists already (create), or does not exist (transfer, delete)
        ├── SmsmodeTemporaryError      31, 50: the gateway did not take it: try again later
        └── SmsmodeNotFoundError       61: no such message, or no longer

No message of these exceptions carries a key, a phone number or the text of an SMS.
"""

from enum import StrEnum
from typing import override


class InputProblem(StrEnum):
    """Limit of the vendor's document that a request would break; the value is the key of its translation."""

    TEXT_EMPTY = "text_empty"
    TEXT_NOT_ENCODABLE = "text_not_encodable"
    TEXT_REPLACED = "text_replaced"
    TEXT_TOO_LONG = "text_too_long"
    RECIPIENTS_MISSING = "recipients_missing"
    RECIPIENTS_AND_GROUP = "recipients_and_group"
    NUMBER_INVALID = "number_invalid"
    SENDER_INVALID = "sender_invalid"
    SENDER_WITH_REPLY = "sender_with_reply"
    REFERENCE_TOO_LONG = "reference_too_long"
    MAX_SEGMENTS_INVALID = "max_segments_invalid"
    DATE_PAST = "date_past"
    DATES_INVALID = "dates_invalid"
    PAGE_INVALID = "page_invalid"
    VOICE_TOO_LONG = "voice_too_long"
    BATCH_EMPTY = "batch_empty"
    BATCH_UNICODE = "batch_unicode"
    MESSAGE_ID_MISSING = "message_id_missing"
    MESSAGE_ID_XOR_NUMBER = "message_id_xor_number"
    NAME_MISSING = "name_missing"
    PASSWORD_MISSING = "password_missing"
    USERNAME_TOO_LONG = "username_too_long"
    AMOUNT_INVALID = "amount_invalid"
    GROUP_NAME_INVALID = "group_name_invalid"
    ACCESS_TOKEN_INVALID = "access_token_invalid"
    BASE_URL_INVALID = "base_url_invalid"


class SmsmodeError(Exception):
    """Base of all exceptions of the client."""


class SmsmodeInputError(SmsmodeError):
    """The request breaks a limit of the document; nothing was sent."""

    def __init__(self, problem: InputProblem) -> None:
        """Keep the limit that is broken."""
        super().__init__(problem.value)
        self.problem = problem


class SmsmodeConnectionError(SmsmodeError):
    """No connection to the gateway was made, so it cannot have taken anything."""


class SmsmodeUncertainError(SmsmodeError):
    """The request was sent, but no response could be parsed: the gateway may have acted on it."""


class SmsmodeCallbackError(SmsmodeError):
    """What came is neither a delivery report nor a reply of the gateway."""


class SmsmodeGatewayError(SmsmodeError):
    """The gateway answered with a return code other than 0."""

    def __init__(self, code: int, description: str = "") -> None:
        """Keep the return code and the gateway's own (French) description of it."""
        super().__init__(code, description)
        self.code = code
        self.description = description

    @override
    def __str__(self) -> str:
        """Return the code and the description."""
        return f"code {self.code}: {self.description}" if self.description else f"code {self.code}"


class SmsmodeAuthError(SmsmodeGatewayError):
    """Code 32: the gateway does not know the key."""


class SmsmodeCreditError(SmsmodeGatewayError):
    """Code 33: not enough credits."""


class SmsmodeParameterError(SmsmodeGatewayError):
    """Code 35: a parameter is missing or refused."""


class SmsmodeIdentifierError(SmsmodeGatewayError):
    """Code 41: the identifier exists already, or does not exist."""


class SmsmodeTemporaryError(SmsmodeGatewayError):
    """Codes 31 and 50: the gateway could not take the request now."""


class SmsmodeNotFoundError(SmsmodeGatewayError):
    """Code 61: the message does not exist, or no longer."""
