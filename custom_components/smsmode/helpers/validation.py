"""Validation of what a person writes in a form or in YAML."""

from typing import Any

import probatio


class FieldError(ValueError):
    """A field cannot be kept as written. The value itself is not part of the error."""

    def __init__(self, field: str, problem: str) -> None:
        """Store the field, and the translation key of the explanation."""
        super().__init__(problem)
        self.field = field
        self.problem = problem


def plain_text(value: Any) -> str:
    """Validate text, for YAML reads 0612345670, +33612345678, NO and off as something else and loses what it was."""
    if not isinstance(value, str):
        raise probatio.Invalid("YAML does not read this as text; put it in quotes")
    if not (text := value.strip()):
        raise probatio.Invalid("this must not be empty")
    return text
