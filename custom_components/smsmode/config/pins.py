"""PINs: kept as a salted hash that is slow to compute, compared in constant time. Call in a thread."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping

# 16 MiB and a twentieth of a second for each guess, on the small computer of a house.
_COST = {"n": 2**14, "r": 8, "p": 1}


def hash_pin(pin: str) -> dict[str, str]:
    """Give a PIN as it may be kept."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "hash": _digest(pin, salt)}


def is_pin(pin: str, kept: Mapping[str, str]) -> bool:
    """Say whether this is the PIN that is kept."""
    return hmac.compare_digest(_digest(pin, kept["salt"]), kept["hash"])


def _digest(pin: str, salt: str) -> str:
    return hashlib.scrypt(pin.encode(), salt=bytes.fromhex(salt), **_COST).hex()
