"""Home Assistant's own SMS integrations, as installed, which send to the stub instead of to their vendors."""

import os
from functools import partial

import certifi
from clx.xms.client import Client as SinchClient
from freesms import FreeClient
from homeassistant.components.clicksend import notify as clicksend
from homeassistant.components.sinch import notify as sinch
from requests import adapters
from twilio.http.http_client import TwilioHttpClient

CONFIGURATION = """
twilio:
  account_sid: AC00000000000000000000000000000000
  auth_token: token
notify:
  - {platform: clicksend, name: clicksend, username: somebody, api_key: key, recipient: ["+33612345678"]}
  - {platform: free_mobile, name: free_mobile, username: somebody, access_token: key}
  - {platform: sinch, name: sinch, api_key: key, service_plan_id: plan, default_recipients: ["+33612345678"]}
  - {platform: twilio_sms, name: twilio_sms, from_number: "+33600000000"}
"""
NAMES = ("clicksend", "free_mobile", "sinch", "twilio_sms")


def point_to(url: str) -> None:
    """Replace the addresses of their gateways, and nothing else."""
    # Twilio's client reads no variables; where `requests` is told whom to trust, it is told here.
    trusted = os.environ.get("REQUESTS_CA_BUNDLE", certifi.where())
    adapters.DEFAULT_CA_BUNDLE_PATH = trusted  # type: ignore[attr-defined]
    clicksend.BASE_API_URL = url
    FreeClient.BASE_URL = f"{url}/sendmsg"
    sinch.Client = partial(SinchClient, endpoint=f"{url}/xms")
    ask = TwilioHttpClient.request

    def request(client: TwilioHttpClient, method: str, address: str, *rest: object, **named: object) -> object:
        return ask(client, method, address.replace("https://api.twilio.com", url), *rest, **named)

    TwilioHttpClient.request = request
