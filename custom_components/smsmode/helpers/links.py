"""Links in SMS: their tokens, which are secrets, the digests that are kept of these, and their redaction. Pure."""

import hashlib
import re
from typing import Final

# Below /api, of which the service worker of Home Assistant's frontend keeps no copy.
PATH: Final = "/api/sms/"
TOKEN_BYTES: Final = 16
# What such a token has: 128 bits in letters that all are of the GSM alphabet and count once.
_TOKEN: Final = r"[\w-]{22}"
_LINK: Final = re.compile(rf"https?://[^\s/]+{PATH}{_TOKEN}", re.ASCII)
_HIDDEN: Final = "https://..."
# In the place of a token whose length alone matters.
SAMPLE_TOKEN: Final = "x" * 22
# Behind it stands the token; what logs an address is cut there.
SECRET_PATH: Final = rf"(?<={PATH})[\w-]+"


def digest_of(token: str) -> str:
    """Return what is kept of a token, from which nobody can tell it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def link_to(base: str, token: str) -> str:
    """Return the address of a link."""
    return f"{base}{PATH}{token}"


def hide_links(text: str) -> str:
    """Return a text without the addresses of its links: whoever has one can act."""
    return _LINK.sub(_HIDDEN, text) if PATH in text else text
