"""How alerts and plans ended, and which plan raised an alert: on the disk at once, and read back as it was."""

from datetime import timedelta
from typing import Any

from custom_components.smsmode.state.account_state import initial_state
from custom_components.smsmode.state.alert_phases import AlertPhase, AlertReason, PlanEnd
from custom_components.smsmode.state.alert_steps import AlertStep, Channel
from custom_components.smsmode.state.alerts import Alert
from tests.support.account_states import ALICE, NOW, restored

STEP = AlertStep(
    targets=(ALICE,),
    channel=Channel.SMS,
    delivery_timeout=timedelta(minutes=3),
    answer_timeout=timedelta(minutes=5),
)


def test_how_a_plan_ended_is_read_back() -> None:
    memory = initial_state(NOW)
    memory.plan_ends["taken"] = PlanEnd(phase=AlertPhase.ACKNOWLEDGED, at=NOW, acknowledged_by="Alice")
    memory.plan_ends["silent"] = PlanEnd(phase=AlertPhase.EXHAUSTED, at=NOW, reason=AlertReason.NOBODY_ACTED)
    assert restored(memory).plan_ends == memory.plan_ends


def alert(key: str, **fields: Any) -> Alert:
    """Return an alert that begins."""
    return Alert(
        key=key,
        alert_id="Leak",
        message="Water!",
        steps=(STEP,),
        rounds=1,
        started_at=NOW,
        answers=(),
        tell_others="",
        **fields,
    )


def test_an_alert_is_found_by_the_plan_that_raised_it() -> None:
    memory = initial_state(NOW)
    for key, plan_id in (("A1", None), ("A2", "cellar"), ("A3", "roof")):
        memory.alerts.add(alert(key, plan_id=plan_id))
    read = restored(memory).alerts
    found = read.find_of_plan("cellar")
    assert found is not None
    assert (found.key, read.find_of_plan("attic")) == ("A2", None)
    found.cancel()
    assert read.find_of_plan("cellar") is None


def test_an_alert_that_is_kept_is_read_back_with_those_who_get_its_all_clear() -> None:
    memory = initial_state(NOW)
    memory.alerts.add(alert("A1", all_clear="It is dry."))
    (one,) = memory.alerts.running
    one.record_accepted(NOW)
    one.acknowledge(None, "Bob")
    assert one.keep(NOW)
    (read,) = restored(memory).alerts.kept
    assert (read.clear_targets, read.kept_until) == ((ALICE,), NOW + timedelta(days=7))
    read.resolve(None)
    assert (read.notice_targets, read.pending_notice) == ((ALICE,), "It is dry.")
