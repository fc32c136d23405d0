"""Summary of an alert plan before it is kept: when whom it reaches at worst, what it costs, and what is amiss."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..conversations.alert_builder import BuiltAlert
from ..helpers.money import price_note
from ..helpers.redaction import escaped, mask_numbers

type Words = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PlanCircumstances:
    """What is known of the account now: its balance, who is paused, the price of a credit if it has one, its proofs."""

    balance: Decimal | None = None
    paused: tuple[str, ...] = ()
    credit_price: float | None = None
    is_proven: bool = True


async def async_summarize(hass: HomeAssistant, built: BuiltAlert, circumstances: PlanCircumstances) -> str:
    """Return the summary of the alert of a plan, in Markdown, in the language of Home Assistant."""
    language = hass.config.language.partition("-")[0]
    translations = await async_get_translations(hass, language, "common", {DOMAIN})
    prefix = f"component.{DOMAIN}.common.plan_"
    words = {key.removeprefix(prefix): text for key, text in translations.items() if key.startswith(prefix)}
    parts = ["\n".join(_times(built, words)), _cost(hass, built, circumstances, words)]
    if warnings := list(_warnings(built, circumstances, words)):
        parts.append("\n".join(warnings))
    return "\n\n".join(parts)


def _times(built: BuiltAlert, words: Words) -> Iterator[str]:
    """Yield a line for each step of the first round, and when all rounds are over."""
    passed = timedelta()
    yield words["at_worst"]
    yield ""
    for step, told in zip(built.alert.steps, built.cost["steps"], strict=True):
        when = words["after"].format(time=_duration(passed)) if passed else words["now"]
        people = ", ".join(map(escaped, told["recipients"]))
        yield "- " + words[f"step_{told['how']}"].format(when=when, people=people)
        passed += step.answer_timeout if step.channel.is_local else step.delivery_timeout + step.answer_timeout
    rounds = built.alert.rounds
    key = "ends_after_rounds" if rounds > 1 else "ends"
    yield "- " + words[key].format(rounds=rounds, time=_duration(passed * rounds))


def _duration(duration: timedelta) -> str:
    """Return a duration as "8 min", "1 h 05 min" or "30 s"; these are the same in all languages."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}\u00a0h\u00a0{minutes:02}\u00a0min"
    parts = [f"{minutes}\u00a0min"] if minutes else []
    return "\u00a0".join([*parts, *([f"{seconds}\u00a0s"] if seconds else [])])


def _cost(hass: HomeAssistant, built: BuiltAlert, circumstances: PlanCircumstances, words: Words) -> str:
    least, most = built.cost["cost_at_least"], built.cost["cost_at_most"]
    price = circumstances.credit_price
    notes = [price_note(hass, None if price is None else price * amount) for amount in (least, most)]
    return words["cost"].format(least=f"{least}{notes[0]}", most=f"{most}{notes[1]}")


def _warnings(built: BuiltAlert, circumstances: PlanCircumstances, words: Words) -> Iterator[str]:
    for failure in dict.fromkeys(built.failures):
        yield f"⚠ {words[f'left_out_{failure.reason}'].format(target=escaped(mask_numbers(failure.target)))}"
    balance, most = circumstances.balance, built.cost["cost_at_most"]
    # A post-paid account has a negative one.
    if balance is not None and 0 <= balance < most:
        yield f"⚠ {words['no_credit'].format(balance=f'{balance.normalize():f}', most=most)}"
    for name in circumstances.paused:
        yield f"⚠ {words['paused'].format(target=escaped(name))}"
    if not circumstances.is_proven:
        yield f"⚠ {words['unproven']}"
