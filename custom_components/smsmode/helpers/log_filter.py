"""Log filters: keys, webhook ids and tokens of links are cut out of what others log; what we log stays on one line.

Home Assistant logs the id of a webhook when it is called, and the whole address when its filter of harmful requests
takes the text of an SMS for one; aiohttp does when a request is malformed. None of that passes through our own log
calls, so the records are cut on their way out, as those of Home Assistant's Telegram integration are.
"""

import contextlib
import logging
import re
from typing import override

from ..const import LOGGER
from .links import SECRET_PATH
from .redaction import single_line

REDACTED = "**REDACTED**"
# What is shorter is no secret, and would cut lines that have nothing to hide.
SHORTEST = 8


class SecretFilter(logging.Filter):
    """Cuts lines at a secret: behind a webhook id stand a number and a text."""

    def __init__(self) -> None:
        """Start without secrets."""
        super().__init__()
        self._secrets: frozenset[str] = frozenset()
        # One object, replaced as a whole, because records come from any thread.
        self._pattern: re.Pattern[str] | None = None

    def hide(self, *secrets: str) -> None:
        """Hide secrets from now on and for good: a webhook is still called when its account is gone."""
        self._secrets |= {secret for secret in secrets if len(secret) >= SHORTEST}
        self._pattern = re.compile(f"(?:{'|'.join([*map(re.escape, self._secrets), SECRET_PATH])}).*")

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets."""
        if (pattern := self._pattern) is not None:
            # A record that cannot be written is the handler's business.
            with contextlib.suppress(TypeError, ValueError):
                _cut(record, pattern)
        return True


class SingleLineFilter(logging.Filter):
    """Folds what we log: nobody can write a line of the log by the name of a target or an account."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Pass every record, its message on one line."""
        message = record.getMessage()
        if (folded := single_line(message)) != message:
            record.msg, record.args = folded, None
        return True


# From the first line on: YAML is read before any account is set up.
LOGGER.addFilter(SingleLineFilter())


def _cut(record: logging.LogRecord, pattern: re.Pattern[str]) -> None:
    message = record.getMessage()
    if pattern.search(message):
        record.msg, record.args = pattern.sub(REDACTED, message), None
    if record.exc_info:
        told = logging.Formatter().formatException(record.exc_info)
        if pattern.search(told):
            record.exc_text, record.exc_info = pattern.sub(REDACTED, told), None


_FILTER = SecretFilter()


def hide_from_logs(*secrets: str) -> None:
    """Keep secrets out of the log, whoever logs them.

    The filter is on the handlers of the root, since that of a logger does not see the records of its children.
    """
    for handler in logging.getLogger().handlers:
        handler.addFilter(_FILTER)
    _FILTER.hide(*secrets)
