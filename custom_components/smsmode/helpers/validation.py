"""Text as YAML must give it."""

from typing import Any

import probatio


def plain_text(value: Any) -> str:
    """Take text alone, for YAML reads 0612345670, +33612345678, NO and off as something else and loses what it was."""
    if not isinstance(value, str):
        raise probatio.Invalid("YAML does not read this as text; put it in quotes")
    if not (text := value.strip()):
        raise probatio.Invalid("this must not be empty")
    return text
