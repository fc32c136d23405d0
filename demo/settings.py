"""Settings of the demo, from environment variables."""

import os
import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
REAL_GATEWAY = "https://api.smsmode.com"
# The key that the emulator accepts.
DEMO_TOKEN = "Ab1CD2efg3Hi"
LANGUAGES = ("en", "fr")


class DemoError(Exception):
    """Error of the demo; the text gives the cause and what to do."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Recipient of the account, as it is written into the form."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Texts of the alert plan, as they are written into the form."""

    name: str
    message: str
    all_clear: str


PLANS = {
    "en": Plan(
        "Kitchen", "Water on the kitchen floor! Answer OK if you take care of it.", "The kitchen floor is dry again."
    ),
    "fr": Plan(
        "Cuisine", "De l'eau dans la cuisine ! Répondez OK si vous vous en occupez.", "La cuisine est de nouveau sèche."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings: ports, the token and number for the real gateway, the language of Home Assistant."""

    house_port: int
    gateway_port: int
    token: str | None
    number: str | None
    language: str = "en"

    @property
    def house(self) -> str:
        """Return the address of Home Assistant."""
        return f"http://{LOOPBACK}:{self.house_port}"

    @property
    def account(self) -> str:
        """Return the name of the account, after which its entities are called."""
        return "Maison" if self.language == "fr" else "Home"

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Return the recipients: the user of the real gateway alone, or two phones of the emulator."""
        if self.number:
            return (Recipient("Alice", self.number),)
        return Recipient("Alice", "06 12 34 56 78"), Recipient("Bob", "06 98 76 54 32")

    @property
    def plan(self) -> Plan:
        """Return the alert plan of the house."""
        return PLANS[self.language]

    @property
    def gateway(self) -> str:
        """Return the address of the gateway."""
        return REAL_GATEWAY if self.token else f"http://{LOOPBACK}:{self.gateway_port}"


def read_settings(*, once: bool, language: str = "en") -> Settings:
    """Read the environment. The scenario uses any free ports, so that it can run beside a demo."""
    token, number = os.environ.get("SMSMODE_TOKEN"), os.environ.get("SMSMODE_DEMO_NUMBER")
    if token and not number:
        raise DemoError("SMSMODE_TOKEN is set: say in SMSMODE_DEMO_NUMBER which phone, yours, gets the messages.")
    return Settings(
        house_port=_port("SMSMODE_DEMO_PORT", 0 if once else 8123),
        gateway_port=0 if token else _port("SMSMODE_DEMO_GATEWAY_PORT", 0 if once else 8090),
        token=token,
        number=number,
        language=language,
    )


def preferred_language() -> str:
    """Return the language of the terminal, if the demo speaks it."""
    written = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "fr" if written.startswith("fr") else "en"


def _port(variable: str, default: int) -> int:
    """Return a port from the environment, and check that it is free; 0 chooses a free one."""
    written = os.environ.get(variable, str(default))
    try:
        with socket.create_server((LOOPBACK, int(written))) as server:
            port: int = server.getsockname()[1]
            return port
    except ValueError, OverflowError:
        raise DemoError(f"{variable}={written} is not a port.") from None
    except OSError:
        raise DemoError(
            f"Port {written} is taken on this machine. Stop what uses it, or choose another in {variable}."
        ) from None
