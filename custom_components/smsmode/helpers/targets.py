"""Targets: an MSISDN, or a group of the gateway marked as one; the key of budgets, logs and queues. Pure."""

GROUP_PREFIX = "group:"


def group_target(group: str) -> str:
    """Return the target of a group of the gateway."""
    return f"{GROUP_PREFIX}{group}"
