"""Random faults of the gateway, drawn for each request."""

from collections import Counter
from datetime import datetime
from random import Random
from typing import override

from emulator.faults import Fault, Faults

SENDING = ("sendSMS.do", "sendVoiceMessage.do", "sendSMSBatch.do")

# As the control API of the emulator takes them; the flag says whether the request takes effect.
type Choice = tuple[str, bool | None]

# Faults of any request.
ANY_ENDPOINT: tuple[Choice, ...] = (
    ("code:50", None),
    ("code:31", None),
    ("drop_before", None),
    ("drop_after", None),
    ("http:500", False),
    ("http:502", True),
    ("html", False),
    ("html", True),
    ("half", False),
    ("half", True),
    ("empty", False),
    ("empty", True),
    ("garble", False),
    ("garble", True),
    ("cut:2", False),
    ("cut:5", True),
    ("text:KO", False),
)
# Longer than the timeout of the integration; what takes effect does so before its second look at the sent list.
STALLS: tuple[Choice, ...] = (("hang_before", None), ("hang_after", None), ("slow:45", True), ("slow:20", False))
# Before the id of a message; a report that is cut there is another one, which nothing tells.
CUT_BEFORE_ID: Choice = ("cut:14", True)
REFUSALS: tuple[Choice, ...] = (("code:33", None), ("code:35", None), ("code:77", None))


class RandomFaults(Faults):
    """Random faults in place of those of the control API."""

    def __init__(self, rng: Random, *, stalls: tuple[Choice, ...] = STALLS, stall_weight: int = 4) -> None:
        """Begin without faults. ``stall_weight`` is the number of stalls for each ten of the other faults."""
        super().__init__()
        self._rng = rng
        self._stalls, self._stall_weight = stalls, stall_weight
        self.fault_rate = 0.0
        self.injected: Counter[str] = Counter()
        self.received: Counter[str] = Counter()

    @property
    def requests(self) -> int:
        """Return the number of requests so far."""
        return self.received.total()

    @property
    def attempts(self) -> int:
        """Return the number of requests to send."""
        return sum(self.received[endpoint] for endpoint in SENDING)

    @override
    def take(self, endpoint: str, now: datetime) -> Fault | None:
        """Draw a fault for a request, or none."""
        self.received[endpoint] += 1
        if self._rng.random() >= self.fault_rate:
            return super().take(endpoint, now)
        is_sending = endpoint in SENDING
        faults = (*ANY_ENDPOINT, CUT_BEFORE_ID) if is_sending else ANY_ENDPOINT
        kinds = [faults, self._stalls, REFUSALS if is_sending else faults]
        (kind,) = self._rng.choices(kinds, weights=[10, self._stall_weight, 1])
        fault, acts = self._rng.choice(kind)
        self.injected[fault.partition(":")[0]] += 1
        return Fault.read({"endpoint": endpoint, "fault": fault, "act": acts}, now)
