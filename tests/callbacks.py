"""For tests: the door at which the gateway rings."""

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from tests.house import WEBHOOK_ID

type Door = TestClient[Request, Application]
PATH = f"/api/webhook/{WEBHOOK_ID}"
