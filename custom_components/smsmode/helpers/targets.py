"""A target is an MSISDN, or a group of the gateway marked as one: the key by which all count and remember."""

GROUP_PREFIX = "group:"


def group_target(group: str) -> str:
    """Give the target that a group of the gateway is."""
    return f"{GROUP_PREFIX}{group}"
