"""Inputs of config flows for tests: keys and addresses as people paste them."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant

from .gateway import Gateway

OTHER_KEY = "Zz9yX8wvu7Ts"
UNTRUE_KEYS = pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("Ab1CD2éfg3Hi", id="accent"),
        pytest.param("“”", id="quotes alone"),
        pytest.param("🔑", id="emoji"),
    ],
)
PASTED = pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(lambda key: f"{key}\n", id="newline"),
        pytest.param(lambda key: f"\r\n{key}", id="crlf"),
        pytest.param(lambda key: f"  {key}  ", id="spaces"),
        pytest.param(lambda key: f"\t{key}", id="tab"),
        pytest.param(lambda key: f"\u00a0{key}\u202f", id="unbreakable spaces"),
        pytest.param(lambda key: f"{key[:6]}\n{key[6:]}", id="line break inside"),
        pytest.param(lambda key: f"{key[:4]} {key[4:]}", id="space inside"),
        pytest.param(lambda key: f"\ufeff{key}\u200b", id="unseen signs"),
        pytest.param(lambda key: f'"{key}"', id="quotes"),
        pytest.param(lambda key: f"‘{key}’", id="curly quotes"),  # noqa: RUF001
        pytest.param(lambda key: f"«\u00a0{key}\u00a0»", id="french quotes"),
        pytest.param(lambda key: "".join(chr(ord(sign) + 0xFEE0) for sign in key), id="full width"),
    ],
)
NO_ADDRESSES = pytest.mark.parametrize(
    "address",
    [
        pytest.param("api.smsmode.com", id="no scheme"),
        pytest.param("http://api.smsmode.com", id="http"),
        pytest.param("ftp://api.smsmode.com", id="ftp"),
        pytest.param("https://", id="no host"),
        pytest.param("https://user:secret@api.smsmode.com", id="user"),
        pytest.param("https://api.smsmode.com/?a=b", id="query"),
        pytest.param("smsmode", id="word"),
    ],
)


def filled(gateway: Gateway, **changes: str) -> dict[str, Any]:
    """Return the input of the form."""
    fields = {"access_token": gateway.token, "base_url": gateway.url, **changes}
    return {"access_token": fields["access_token"], "advanced": {"base_url": fields["base_url"]}}


async def retry(hass: HomeAssistant, form: ConfigFlowResult, user_input: dict[str, Any]) -> ConfigFlowResult:
    """Submit a form again."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result
