"""Repair issues are named by strings of their own, which are those of what they are about."""

from custom_components.smsmode.helpers.repair_issues import IssueType
from custom_components.smsmode.state.budget import LimitType


def test_every_limit_has_its_issue() -> None:
    assert {str(limit) for limit in LimitType} <= {str(issue) for issue in IssueType}
