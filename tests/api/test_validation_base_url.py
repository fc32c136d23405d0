"""A key goes only where it cannot be read on the way."""

from ipaddress import ip_address

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from custom_components.smsmode.api import DEFAULT_BASE_URL, InputProblem, SmsmodeClient, SmsmodeInputError
from custom_components.smsmode.api.validation import validate_base_url
from tests.support.gateway import Gateway


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "a\x00b", "clé", "\u200b"], ids=ascii)
def test_an_impossible_key_is_refused(session: aiohttp.ClientSession, token: str) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        SmsmodeClient(session, token)
    assert raised.value.problem is InputProblem.ACCESS_TOKEN_INVALID


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.smsmode.com",
        "http://api.smsmode.com",
        "http://128.0.0.1",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "ftp://api.smsmode.com",
        "https://",
        "https://user:secret@api.smsmode.com",
        "https://api.smsmode.com?x=1",
        "https://api.smsmode.com#x",
        "https://api.smsmode.com:99999",
        "https://api.smsmode.com:0",
        "https://api..smsmode.com",
        "https://api.smsmode.com\\@evil.example",
        "https://api.\nsmsmode.com",
        "https://[::1",
        "http://127.0.0.1@evil.example",
        "http://localhost:80@evil.example",
        "http://evil.example#@localhost",
        "http://localhost.",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://0177.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://[::1].evil.example",
        "http://[::1%25eth0]",
        "http://127.0.0.1%2eevil.example",
        "http://localhost%00.evil.example",
        "http://localhost\uff0eevil.example",
        "http://localhost;evil.example",
        "http:///localhost",
        "http:localhost",
        "http://localhost\\.evil.example",
        "https://api.smsmode.com?",
        "https://api.smsmode.com#",
        "https://api.smsmode.com/?accessToken=",
        "https://api.smsmode.com/a%2f..",
        "httpss://api.smsmode.com",
        "javascript://localhost",
    ],
    ids=ascii,
)
def test_a_base_url_that_could_reveal_the_key_is_refused(session: aiohttp.ClientSession, url: str) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=url)
    assert raised.value.problem is InputProblem.BASE_URL_INVALID
    assert raised.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        DEFAULT_BASE_URL,
        "https://gateway.example:8443/sms",
        "http://127.0.0.1:8090",
        "http://127.9.9.9",
        "http://[::1]:8090",
        "http://localhost:8090",
        "HTTPS://API.SMSMODE.COM",
        "HTTP://LOCALHOST:8090",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::ffff:127.0.0.1]",
        "https://api.smsmode.com./sms/v1.6_beta",
        "https://192.168.1.5",
    ],
)
def test_https_and_this_machine_are_allowed(session: aiohttp.ClientSession, url: str) -> None:
    SmsmodeClient(session, "Ab1CD2efg3Hi", base_url=url)


PIECES = ["localhost", "127.0.0.1", "[::1]", "evil.example", *":/.@%?#\\;,[]!&=+~ ", "25", "00", "80", "xn--", "0x7f"]


@given(st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_no_address_without_encryption_leads_away_from_this_machine(rest: str) -> None:
    try:
        address = validate_base_url(f"http://{rest}")
    except SmsmodeInputError:
        return
    # As the library reads it that makes the connection.
    read = URL(f"{address}/http/1.6/credit.do")
    assert read.raw_host == "localhost" or ip_address(read.raw_host or "").is_loopback
    assert read.path.endswith("/http/1.6/credit.do")
    assert (read.user, read.query_string, read.fragment) == (None, "", "")


async def test_a_key_and_an_address_pasted_with_space_around_are_trimmed(
    session: aiohttp.ClientSession, gateway: Gateway
) -> None:
    client = SmsmodeClient(session, f"\t{gateway.token}\n", base_url=f" {gateway.url}/ ")
    assert await client.get_balance() == 100


@pytest.mark.parametrize("url", ["https:///http", "https://:443/http", "http:///http", "https://@/http"])
def test_a_base_url_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(SmsmodeInputError):
        validate_base_url(url)


@pytest.mark.parametrize("url", ["https://proxy.example/smsX", "https://proxy.example/SMS/X"])
def test_a_base_url_loses_its_trailing_slashes_only(url: str) -> None:
    assert validate_base_url(url) == url
    assert validate_base_url(f"{url}//") == url
