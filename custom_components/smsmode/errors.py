"""Translation of internal exceptions to HomeAssistantError and ServiceValidationError; the only place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import (
    InputProblem,
    SmsmodeAuthError,
    SmsmodeConnectionError,
    SmsmodeCreditError,
    SmsmodeError,
    SmsmodeGatewayError,
    SmsmodeIdentifierError,
    SmsmodeInputError,
    SmsmodeNotFoundError,
    SmsmodeParameterError,
    SmsmodeTemporaryError,
    SmsmodeUncertainError,
)
from .config.phone_numbers import NumberProblem
from .config.recipients import GROUP_BATCH, GROUP_EMPTY, GROUP_VOICE, PAUSED, UNKNOWN_RECIPIENT, UNQUOTED, Failure
from .const import DOMAIN
from .helpers.redaction import mask_numbers, single_line
from .state.budget import LimitExceededError
from .state.outbox import MAX_ITEMS, OutboxFullError
from .state.scheduled import MAX_SCHEDULED, ScheduleFullError
from .state.store import StorageError

NOT_FOUND = "message_not_found"
# Nothing was sent: the account is being reloaded, or Home Assistant stops.
ACCOUNT_STOPPING = "account_stopping"
# It may have been sent.
UNCERTAIN = "uncertain"
_KEYS: Mapping[type[SmsmodeError], str] = {
    SmsmodeConnectionError: "cannot_connect",
    SmsmodeUncertainError: UNCERTAIN,
    SmsmodeAuthError: "invalid_auth",
    SmsmodeCreditError: "no_credit",
    SmsmodeParameterError: "gateway_parameter",
    SmsmodeIdentifierError: "gateway_identifier",
    SmsmodeTemporaryError: "gateway_busy",
    SmsmodeNotFoundError: NOT_FOUND,
    SmsmodeGatewayError: "gateway_refused",
}
# The gateway has read the request and does not do it: asked again, it would say the same.
_REFUSALS = frozenset(_KEYS[kind] for kind in (SmsmodeParameterError, SmsmodeIdentifierError, SmsmodeGatewayError))

_REASONS = (*NumberProblem, UNKNOWN_RECIPIENT, UNQUOTED, GROUP_VOICE, GROUP_BATCH, GROUP_EMPTY, PAUSED)


def validation_error(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error for invalid input, by its translation key."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=_folded(placeholders) or None
    )


def operation_error(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the error for an operation that failed although the input is valid, by its translation key."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=_folded(placeholders) or None
    )


def _folded(placeholders: Mapping[str, str]) -> dict[str, str]:
    return {name: single_line(value) for name, value in placeholders.items()}


def translate(
    err: SmsmodeError | LimitExceededError | OutboxFullError | ScheduleFullError | StorageError,
    balance: Decimal | None = None,
) -> HomeAssistantError:
    """Return the translated error for an internal one; ``balance`` is named when credits are missing."""
    match err:
        case SmsmodeInputError():
            return validation_error(err.problem)
        case LimitExceededError():
            return operation_error(err.limit_type, limit=str(err.limit))
        case OutboxFullError() | ScheduleFullError() | StorageError():
            return _cannot_keep(err)
        case SmsmodeCreditError() if balance is not None:
            return operation_error("no_credit_balance", balance=f"{balance.normalize():f}")
        case SmsmodeGatewayError():
            return operation_error(_KEYS[type(err)], code=str(err.code), description=err.description)
        case _:
            return operation_error(_KEYS[type(err)])


def _cannot_keep(err: OutboxFullError | ScheduleFullError | StorageError) -> HomeAssistantError:
    match err:
        case OutboxFullError():
            return operation_error("outbox_full", limit=str(MAX_ITEMS))
        case ScheduleFullError():
            return operation_error("schedule_full", limit=str(MAX_SCHEDULED))
        case _:
            return operation_error(ACCOUNT_STOPPING)


@contextmanager
def translate_errors() -> Iterator[None]:
    """Translate errors of input, limits and storage that are raised inside."""
    try:
        yield
    except (SmsmodeInputError, LimitExceededError, OutboxFullError, ScheduleFullError, StorageError) as err:
        raise translate(err) from None


def key_of(err: SmsmodeError) -> str:
    """Return the translation key of an error of the gateway client."""
    return err.problem if isinstance(err, SmsmodeInputError) else _KEYS[type(err)]


def is_refusal(err: HomeAssistantError) -> bool:
    """Return whether the gateway refused what it was asked for, and does not merely fail, or lack credits."""
    return err.translation_key in _REFUSALS


def no_target(failures: Sequence[Failure]) -> ServiceValidationError:
    """Return the error that names each target with its reason. Numbers are masked: errors end up in logs."""
    if not any(failure.target.strip() for failure in failures):
        return validation_error("no_recipients")
    reasons = {failure.reason for failure in failures}
    if len(reasons) == 1:
        return validation_error(f"target_{reasons.pop()}", targets=_listed(failures))
    by_reason = {reason: [failure for failure in failures if failure.reason == reason] for reason in _REASONS}
    return validation_error("targets_failed", **{reason: _listed(of_it) or "–" for reason, of_it in by_reason.items()})


def batch_row_error(problem: InputProblem, row: int, target: str) -> ServiceValidationError:
    """Return the error that names a row of a batch, counted from 1, which keeps all of it from being sent."""
    return validation_error(f"batch_row_{problem.removeprefix('batch_')}", row=str(row), target=mask_numbers(target))


def describe(failures: Sequence[Failure]) -> str:
    """Return targets with their reasons for the log, numbers masked."""
    return ", ".join(f"{mask_numbers(failure.target)} ({failure.reason})" for failure in failures)


def _listed(failures: Sequence[Failure]) -> str:
    return ", ".join(mask_numbers(failure.target) for failure in failures)
