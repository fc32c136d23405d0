"""Actions that send: fields of a call to send options, summary to response."""

from collections.abc import Iterable
from itertools import count
from typing import Any, cast

from homeassistant.core import ServiceCall, ServiceResponse
from probatio import Invalid

from ..api import BatchRow
from ..config.recipients import GROUP_BATCH, Failure
from ..const import ATTR_CONFIG_ENTRY_ID
from ..errors import validation_error
from ..helpers.executor import async_run_maybe_in_executor
from ..helpers.origins import find_origin
from ..runtime import SmsmodeRuntimeData, async_get_loaded_entry
from ..sending.composer import BatchSendOptions, MessageSendOptions, VoiceSendOptions
from .csv_batch import async_read_batch_file
from .schemas import BATCH_LINE
from .targets import names_targets, read_targets, without_targets


async def async_send_message(call: ServiceCall) -> ServiceResponse:
    """Send an SMS."""
    order = _message_order(call)
    account = await _async_account(call, order.targets or ())
    summary = await account.messages.async_send_message(order)
    return cast(ServiceResponse, summary.as_response())


async def async_send_voice_message(call: ServiceCall) -> ServiceResponse:
    """Send a voice message."""
    fields = _fields(call)
    order = VoiceSendOptions(targets=read_targets(call), **fields)
    account = await _async_account(call, order.targets or ())
    summary = await account.messages.async_send_voice_message(order)
    return cast(ServiceResponse, summary.as_response())


async def async_preview_message(call: ServiceCall) -> ServiceResponse:
    """Return what an SMS would be and cost."""
    # A text alone has a price as well: to all recipients.
    order = _message_order(call) if names_targets(call) else MessageSendOptions(targets=None, **_fields(call))
    account = await _async_account(call, order.targets or ())
    preview = await account.messages.async_preview_message(order)
    return cast(ServiceResponse, preview)


async def async_send_batch(call: ServiceCall) -> ServiceResponse:
    """Send each recipient a text of its own, in one request."""
    fields = _fields(call)
    path = fields.pop("file", None)
    lines = await async_read_batch_file(call.hass, path) if path else fields.pop("messages", [])
    if not lines:
        raise validation_error("batch_empty")
    account = await _async_account(call, {line.get("target") for line in lines if _is_line(line)})
    resolved = await async_run_maybe_in_executor(call.hass, len(lines), lambda: _resolve_lines(account, lines))
    rows, positions, failures, unknown = resolved
    order = BatchSendOptions(rows=tuple(rows), positions=tuple(positions), unknown_ranges=tuple(unknown), **fields)
    summary = await account.messages.async_send_batch(order, failures)
    return cast(ServiceResponse, summary.as_batch_response())


def _resolve_lines(
    account: SmsmodeRuntimeData, lines: list[Any]
) -> tuple[list[BatchRow], list[int], list[Failure], list[str]]:
    """Return the rows of a batch with the positions of their lines, counted from 1, and the targets that failed.

    At the end stand the numbers of no known range. A batch knows no groups. Raises Invalid for what is no line.
    """
    rows: list[BatchRow] = []
    positions: list[int] = []
    failures: list[Failure] = []
    unknown: dict[str, None] = {}
    for position, line in enumerate(map(_checked, count(), lines), 1):
        resolved = account.recipients.resolve([line["target"]])
        failures.extend(resolved.failures)
        unknown.update(dict.fromkeys(resolved.unknown_ranges))
        failures.extend(Failure(str(line["target"]), GROUP_BATCH) for _ in resolved.groups)
        positions.extend(position for _ in resolved.numbers)
        rows.extend(
            BatchRow(
                number=number,
                text=line["message"],
                sender=line.get("sender") or None,
                reference=line.get("reference") or None,
            )
            for number in resolved.numbers
        )
    return rows, positions, failures, list(unknown)


def _checked(index: int, line: Any) -> dict[str, Any]:
    try:
        checked: dict[str, Any] = BATCH_LINE(line)
    except Invalid as err:
        err.prepend(["messages", index])
        raise
    return checked


def _is_line(line: Any) -> bool:
    """Return whether something is a line whose target may name an account; the others are refused later."""
    return isinstance(line, dict) and isinstance(line.get("target"), str)


async def _async_account(call: ServiceCall, targets: Iterable[object]) -> SmsmodeRuntimeData:
    return (await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID), targets)).runtime_data


def _fields(call: ServiceCall) -> dict[str, Any]:
    """Return the fields of a call as options, and who calls."""
    fields = {name: value for name, value in without_targets(call.data).items() if name != ATTR_CONFIG_ENTRY_ID}
    return fields | {"origin": find_origin(call.hass, call.context), "context": call.context}


def _message_order(call: ServiceCall) -> MessageSendOptions:
    return MessageSendOptions(targets=read_targets(call), **_fields(call))
