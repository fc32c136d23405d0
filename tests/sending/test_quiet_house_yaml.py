"""Quiet hours of a recipient, as YAML says them."""

from typing import Any

import probatio
import pytest

from custom_components.smsmode.config.yaml_schema import CONFIG_SCHEMA
from tests.support.house import ALICE, NIGHT


def test_quiet_hours_are_written_in_yaml() -> None:
    account = {"name": "Home", "access_token": "Ab1CD2efg3Hi"}
    written = {"name": "Alice", "number": ALICE, "quiet_hours": {"start": "22:00", "end": "07:00:00"}}
    (read,) = CONFIG_SCHEMA({"smsmode": [account | {"recipients": [written]}]})["smsmode"]
    assert read["recipients"] == [{"name": "Alice", "number": ALICE, "quiet_hours": NIGHT}]


@pytest.mark.parametrize(
    ("quiet_hours", "path"),
    [
        pytest.param({"start": 1320, "end": "07:00"}, "start", id="without quotes"),
        pytest.param({"start": "22:00", "end": "25:00"}, "end", id="no time"),
        pytest.param({"start": "22:00"}, "end", id="without end"),
        pytest.param({"start": "22:00", "end": "22:00:30"}, "quiet_hours", id="the same minute"),
    ],
)
def test_wrong_quiet_hours_in_yaml_are_explained(quiet_hours: dict[str, Any], path: str) -> None:
    account = {"name": "Home", "access_token": "Ab1CD2efg3Hi"}
    recipient = {"name": "Alice", "number": ALICE, "quiet_hours": quiet_hours}
    with pytest.raises(probatio.Invalid) as caught:
        CONFIG_SCHEMA({"smsmode": [account | {"recipients": [recipient]}]})
    assert str(caught.value.path[-1]) == path
