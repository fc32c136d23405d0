"""Links of alerts: of each token its digest alone, and what it is for. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertLink:
    """Link by which one person acknowledges an alert.

    ``position`` is that of the step whose SMS has it, over all rounds. ``recipient_id`` is the subentry id of the
    recipient that the number belonged to, if it did.
    """

    digest: str
    number: str
    position: int
    recipient_id: str | None = None
