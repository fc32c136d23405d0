"""Action on the check of an account: start it, stop it, and tell what is known."""

from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse

from ..check.manager import MAIN_STEPS, CheckManager
from ..check.report import async_report_file, facts_as_data, record_as_data
from ..errors import no_target, validation_error
from ..runtime import SmsmodeRuntimeData
from ..state.account_facts import CheckStep
from .account import AccountCall


async def async_check_account(call: ServiceCall) -> ServiceResponse:
    """Start a check of the number of one person, or stop the one that runs; return what is known by now."""
    request = await AccountCall.of(call)
    account, fields = request.entry.runtime_data, request.fields
    if "reads_well" in fields:
        account.check.async_answer(reads_well=fields["reads_well"])
    if fields.get("stop"):
        account.check.async_cancel()
    elif "recipient" in fields:
        _begin(account, fields)
    report = await async_report_file(call.hass, account.store.state, account.client.shapes)
    return {**_progress(account.check), "facts": facts_as_data(account.store.state.facts), "report": report}


def _begin(account: SmsmodeRuntimeData, fields: dict[str, Any]) -> None:
    resolved = account.recipients.resolve((fields["recipient"],))
    if resolved.failures:
        raise no_target(resolved.failures)
    if len(resolved.numbers) != 1 or resolved.groups:
        raise validation_error("check_one_person")
    group = fields.get("group")
    wanted = {CheckStep.CALL: fields.get("call"), CheckStep.GROUP: group, CheckStep.NIGHT: fields.get("night")}
    account.check.async_begin(resolved.numbers[0], group)
    account.check.async_run([*MAIN_STEPS, *(step for step, is_wanted in wanted.items() if is_wanted)], and_finish=True)


def _progress(check: CheckManager) -> dict[str, Any]:
    return {"running": check.is_running, "step": check.step, **record_as_data(check.record)}
