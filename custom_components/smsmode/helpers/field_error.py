"""What a person wrote, in a form or in YAML, cannot be kept."""


class FieldError(ValueError):
    """One field is wrong; what was written is not told."""

    def __init__(self, field: str, problem: str) -> None:
        """Remember the field, and the name of the explanation."""
        super().__init__(problem)
        self.field = field
        self.problem = problem
