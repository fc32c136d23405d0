"""What is behind links in SMS: of each token its digest alone, and what it is for; pictures of cameras. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# How long a picture without an alert is shown.
SHOWN_FOR: Final = timedelta(hours=24)
# Of kinds that cannot contain a script.
_SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
)


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


@dataclass(slots=True, kw_only=True, repr=False)
class Picture:
    """Picture that a camera took; its file has the key of this record.

    ``expires_at`` is None where it lives as long as its alert. ``links`` has the digests of the tokens of its links,
    each with the position of the step whose SMS has it, over all rounds; 0 where there are no steps.
    """

    taken_at: datetime
    media_type: str
    expires_at: datetime | None = None
    links: tuple[tuple[int, str], ...] = ()

    def replace_link(self, position: int, digest: str) -> None:
        """Record the link of a step, in the place of that of an attempt that did not leave."""
        self.links = (*(link for link in self.links if link[0] != position), (position, digest))


@dataclass(slots=True, kw_only=True, repr=False)
class AlertCamera:
    """Camera of an alert.

    ``picture`` is the key of what it took when the alert started; ``has_failed`` tells that it took nothing.
    """

    entity_id: str
    picture: str | None = None
    has_failed: bool = False


def media_type_of(content: bytes) -> str | None:
    """Return the media type of a picture by its first bytes; None if that is none of a picture."""
    return next((media_type for signature, media_type in _SIGNATURES if content.startswith(signature)), None)
