"""Public address of the house: the https address by which Home Assistant is reached from outside."""

import ipaddress

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url
from yarl import URL

# Of a longer one, a link would leave no room for the text of an SMS.
_LONGEST = 90
# Names that no name server of the internet knows.
_LOCAL_DOMAINS = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain")


def is_public_host(host: str) -> bool:
    """Return whether a host can be reached from the internet."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_LOCAL_DOMAINS)


def public_address(hass: HomeAssistant) -> str | None:
    """Return the address, without a slash at its end; None if there is none. The cloud's is the second choice.

    People have their own address because it is short, and each letter of a link is paid for.
    """
    try:
        url = get_url(hass, allow_internal=False, allow_ip=True, require_ssl=True)
    except NoURLAvailableError:
        return None
    url = url.rstrip("/")
    return url if is_public_host(URL(url).host or "") and len(url) <= _LONGEST else None
