"""Facts of an account: what is seen is kept with its time, the latest counts, and a list never lags for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.state.account_facts import (
    MAX_LIST_LAG,
    AccountFacts,
    Evidence,
    Fact,
    Verdict,
)
from custom_components.smsmode.state.account_state import initial_state, load_state

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def facts() -> AccountFacts:
    return AccountFacts()


def test_of_what_was_never_seen_nothing_is_known(facts: AccountFacts) -> None:
    assert facts.verdict(Fact.PARIS_TIME) is Verdict.UNKNOWN
    assert not facts.is_proven(Fact.PARIS_TIME)
    assert list(facts.unknown(Fact.PARIS_TIME)) == [Fact.PARIS_TIME]
    assert facts.list_lag == timedelta(0)


def test_the_latest_counts_and_only_a_change_is_told(facts: AccountFacts) -> None:
    told: list[Fact] = []
    facts.on_change = told.append
    facts.learn(Fact.DELETION_REFUNDS, holds=True, at=NOW)
    facts.learn(Fact.DELETION_REFUNDS, holds=True, at=NOW + MINUTE)
    assert facts.all[Fact.DELETION_REFUNDS].at == NOW
    facts.learn(Fact.DELETION_REFUNDS, holds=False, at=NOW + 2 * MINUTE, evidence=Evidence.CHECK)
    assert facts.is_refuted(Fact.DELETION_REFUNDS)
    assert told == [Fact.DELETION_REFUNDS] * 2


def test_what_is_seen_again_on_another_day_is_as_new_as_that(facts: AccountFacts) -> None:
    for day in (0, 2):
        facts.learn(Fact.IDS_UNIQUE, holds=True, at=NOW + timedelta(days=day))
    assert facts.all[Fact.IDS_UNIQUE].at == NOW + timedelta(days=2)


@pytest.mark.parametrize("evidence", [Evidence.CHECK, Evidence.PERSON])
@pytest.mark.parametrize("holds", [True, False])
def test_what_a_check_or_a_person_has_decided_stays_theirs_while_traffic_agrees(
    facts: AccountFacts, evidence: Evidence, holds: bool
) -> None:
    facts.learn(Fact.DELETION_WORKS, holds=holds, at=NOW, evidence=evidence)
    decided = facts.all[Fact.DELETION_WORKS]
    told: list[Fact] = []
    facts.on_change = told.append
    facts.learn(Fact.DELETION_WORKS, holds=holds, at=NOW + timedelta(days=9))
    assert facts.all[Fact.DELETION_WORKS] == decided
    assert not told
    facts.learn(Fact.DELETION_WORKS, holds=not holds, at=NOW + timedelta(days=10))
    assert facts.all[Fact.DELETION_WORKS].evidence is Evidence.TRAFFIC
    assert told == [Fact.DELETION_WORKS]


def test_traffic_measures_anew_what_a_check_has_proven(facts: AccountFacts) -> None:
    facts.learn_lag(MINUTE, at=NOW, evidence=Evidence.CHECK)
    facts.learn_lag(3 * MINUTE, at=NOW + timedelta(days=1))
    known = facts.all[Fact.SENT_LISTED]
    assert (known.evidence, known.at, known.number) == (Evidence.CHECK, NOW, 180)


def test_what_is_otherwise_in_another_way_is_known_by_what_showed_it(facts: AccountFacts) -> None:
    facts.learn(Fact.PARIS_TIME, holds=False, at=NOW, evidence=Evidence.CHECK, number=-120)
    winter = NOW + timedelta(days=180)
    facts.learn(Fact.PARIS_TIME, holds=False, at=winter, number=-60)
    known = facts.all[Fact.PARIS_TIME]
    assert (known.evidence, known.at, known.number) == (Evidence.TRAFFIC, winter, -60)


def test_a_later_check_renews_what_an_earlier_one_has_proven(facts: AccountFacts) -> None:
    for day in (0, 2):
        facts.learn(Fact.IDS_UNIQUE, holds=True, at=NOW + timedelta(days=day), evidence=Evidence.CHECK)
    assert facts.all[Fact.IDS_UNIQUE].at == NOW + timedelta(days=2)


def test_a_list_lags_as_long_as_it_ever_did_up_to_a_bound(facts: AccountFacts) -> None:
    for minutes in (3, 1):
        facts.learn_lag(minutes * MINUTE, at=NOW)
    assert facts.list_lag == 3 * MINUTE
    facts.learn_lag(timedelta(hours=5), at=NOW)
    assert facts.list_lag == MAX_LIST_LAG


def test_facts_survive_a_restart() -> None:
    state = initial_state(NOW)
    state.facts.learn(Fact.CALLBACKS_UTF8, holds=False, at=NOW, word="windows-1252")
    state.facts.learn(Fact.PARIS_TIME, holds=False, at=NOW, evidence=Evidence.CHECK, number=-120)
    records = [record._replace(value=_as_json(record.value)) for record in state.drain_changes()]
    read, unreadable = load_state(records, NOW)
    assert not unreadable
    assert dict(read.facts.all) == dict(state.facts.all)


def _as_json(value: object) -> object:
    from homeassistant.helpers.json import json_bytes  # noqa: PLC0415
    from homeassistant.util.json import json_loads  # noqa: PLC0415

    return json_loads(json_bytes(value))
