"""Checks of accounts for tests: what a person does who holds the phone, and what is known at the end."""

from typing import Any

from custom_components.smsmode.state.account_facts import WATCHDOG_FACTS, Fact, Verdict

from .house import ALICE_DIGITS, House

# Steps from one status to the next, in seconds: a report comes within two looks.
PROGRESSION = 4.0


def verdicts(house: House) -> dict[Fact, Verdict]:
    """Return all that the account knows."""
    facts = house.account.store.state.facts
    return {fact: facts.verdict(fact) for fact in Fact}


async def run_check(house: House, *, answer: str | None = "Déjà", **fields: Any) -> dict[str, Any]:
    """Perform a check to its end; the person answers, unless there is no answer. Return the last response."""
    response = await house.async_call("check_account", recipient="Alice", **fields)
    for _ in range(120):
        if not response["running"]:
            break
        if response["step"] == "reply" and answer is not None:
            await house.gateway.reply(ALICE_DIGITS, answer)
            answer = None
        await house.async_wait(seconds=5)
        response = await house.async_call("check_account")
    return response


def prove_watchdogs(house: House) -> None:
    """Prove what a watchdog stands on."""
    for fact in WATCHDOG_FACTS:
        house.account.learner.learn(fact, holds=True)
