"""Report of what is known of an account's gateway: as data, as a page to read, and as a file to give on.

Nothing private is in it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..state.account_facts import AccountFact, AccountFacts, CheckRecord, Fact, Verdict
from ..state.account_state import AccountState

# In which unit a fact is measured.
_UNITS: Final = {
    Fact.CLOCKS_AGREE: "min",
    Fact.PARIS_TIME: "min",
    Fact.REPORTS_COME: "s",
    Fact.SENT_LISTED: "s",
    Fact.REPLIES_COME: "s",
}


def facts_as_data(facts: AccountFacts) -> dict[str, dict[str, Any]]:
    """Return every fact, the unknown ones too."""
    return {fact.value: _as_data(facts.all.get(fact)) for fact in Fact}


def _as_data(known: AccountFact | None) -> dict[str, Any]:
    if known is None:
        return {"verdict": Verdict.UNKNOWN}
    measured = {"number": known.number, "word": known.word}
    return {
        "verdict": known.verdict,
        "evidence": known.evidence,
        "at": known.at.isoformat(),
        **{name: value for name, value in measured.items() if value is not None},
    }


def record_as_data(record: CheckRecord | None) -> dict[str, Any]:
    """Return how far the latest check is, or how it ended."""
    if record is None:
        return {"phase": None}
    return {
        "phase": record.phase,
        "started_at": record.started_at.isoformat(),
        "finished_at": record.finished_at and record.finished_at.isoformat(),
        "done": list(record.done),
        "failed": list(record.failed),
    }


async def async_report_page(hass: HomeAssistant, facts: AccountFacts) -> str:
    """Return the facts in Markdown, in the language of Home Assistant: what is otherwise first, then what is proven."""
    return _page(facts, await async_report_words(hass))


async def async_report_file(hass: HomeAssistant, state: AccountState, shapes: Mapping[str, str]) -> str:
    """Return the page with its title and versions, and the same as data, with which the emulator can be started."""
    words = await async_report_words(hass)
    integration = await async_get_integration(hass, DOMAIN)
    versions = f"sMsmode {integration.version}, Home Assistant {__version__}, {_day(dt_util.utcnow())}"
    data = {"facts": facts_as_data(state.facts), "check": record_as_data(state.check), "shapes": dict(shapes)}
    written = json.dumps(data, ensure_ascii=False, indent=2)
    parts = [f"# {words['report_title']}", versions, _page(state.facts, words), words["report_data"]]
    return "\n\n".join([*parts, f"```json\n{written}\n```\n"])


def _page(facts: AccountFacts, words: dict[str, str]) -> str:
    lines: dict[Verdict, list[str]] = {verdict: [] for verdict in (Verdict.REFUTED, Verdict.PROVEN, Verdict.UNKNOWN)}
    for fact in Fact:
        verdict = facts.verdict(fact)
        lines[verdict].append(f"- {words[f'fact_{fact}']}{_details(fact, facts.all.get(fact), words)}")
    parts = [[f"**{words[f'verdict_{verdict}']}**", "", *of_it] for verdict, of_it in lines.items() if of_it]
    return "\n\n".join("\n".join(part) for part in parts)


async def async_report_words(hass: HomeAssistant) -> dict[str, str]:
    """Return the words of the report in the language of Home Assistant, by their keys."""
    language = hass.config.language.partition("-")[0]
    prefix = f"component.{DOMAIN}.common.check_"
    translations = await async_get_translations(hass, language, "common", {DOMAIN})
    return {key.removeprefix(prefix): text for key, text in translations.items() if key.startswith(prefix)}


def _details(fact: Fact, known: AccountFact | None, words: dict[str, str]) -> str:
    """Return what was measured, by what, and on which day if that is not today."""
    if known is None:
        return ""
    details = [f"{known.number}\u00a0{_UNITS[fact]}"] if known.number is not None and fact in _UNITS else []
    if known.word and known.verdict is Verdict.REFUTED:
        details.append(known.word)
    details.append(words[f"evidence_{known.evidence}"])
    if (day := _day(known.at)) != _day(dt_util.utcnow()):
        # Not broken between two lines.
        details.append(day.replace("-", "\u2011"))
    return f" ({', '.join(details)})"


def _day(moment: datetime) -> str:
    return dt_util.as_local(moment).date().isoformat()
