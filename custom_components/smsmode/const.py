"""Names that Home Assistant, its users and the rest of this integration share."""

import logging
from datetime import timedelta
from typing import Final

DOMAIN: Final = "smsmode"
LOGGER: Final = logging.getLogger(__package__)
MANUFACTURER: Final = "sMsmode"
SITE: Final = "https://www.smsmode.com"

DEFAULT_BASE_URL: Final = "https://api.smsmode.com"
DEFAULT_REGION: Final = "FR"
DEFAULT_MAX_SEGMENTS: Final = 5
DEFAULT_LOW_BALANCE: Final = 20
DEFAULT_DAILY_LIMIT: Final = 200
DEFAULT_URGENT_DAILY_LIMIT: Final = 100
DEFAULT_ASSISTANT_LIMIT: Final = 10
DEFAULT_RECIPIENT_HOURLY_LIMIT: Final = 50
DEFAULT_EXPIRY: Final = timedelta(hours=1)
LONGEST_EXPIRY: Final = timedelta(days=7)

# Config entry and YAML
CONF_BASE_URL: Final = "base_url"
CONF_SENDER: Final = "sender"
CONF_ENCODING: Final = "encoding"
CONF_MAX_SEGMENTS: Final = "max_segments"
CONF_STOP: Final = "stop"
CONF_CREDIT_PRICE: Final = "credit_price"
CONF_LOW_BALANCE: Final = "low_balance"
CONF_DAILY_LIMIT: Final = "daily_limit"
CONF_URGENT_DAILY_LIMIT: Final = "urgent_daily_limit"
CONF_ASSISTANT_LIMIT: Final = "assistant_limit"
CONF_RECIPIENT_HOURLY_LIMIT: Final = "recipient_hourly_limit"
CONF_CALLBACKS: Final = "callbacks"
CONF_USER_ACCESS: Final = "user_access"
CONF_KEEP_CONVERSATIONS: Final = "keep_conversations"
CONF_QUICK_REPLIES: Final = "quick_replies"
CONF_DEFAULT_ACCOUNT: Final = "default_account"
CONF_CALENDAR_EVENTS: Final = "calendar_events"
CONF_LINKS: Final = "links"
CONF_FALLBACK: Final = "fallback"
CONF_REFUSE_CHANGED_TEXT: Final = "refuse_changed_text"
CONF_REPEAT_URGENT: Final = "repeat_urgent"
CONF_RECIPIENTS: Final = "recipients"
CONF_NUMBER: Final = "number"
CONF_GROUP: Final = "group"
CONF_QUIET_HOURS: Final = "quiet_hours"
CONF_SCHEDULE: Final = "schedule"
CONF_START: Final = "start"
CONF_END: Final = "end"
CONF_ACCOUNT: Final = "account"
SUBENTRY_RECIPIENT: Final = "recipient"
CONF_GROUPS: Final = "groups"
CONF_MEMBERS: Final = "members"
CONF_PERSON: Final = "person"
SUBENTRY_GROUP: Final = "group"
SUBENTRY_COMMANDS: Final = "commands"
SUBENTRY_WATCHDOG: Final = "watchdog"
SUBENTRY_ALERT_PLAN: Final = "alert_plan"
CONF_ALERT_PLANS: Final = "alert_plans"
CONF_STEPS: Final = "steps"
CONF_OVER_WHEN: Final = "over_when"
CONF_TARGETS: Final = "targets"
CONF_MESSAGE: Final = "message"
CONF_MINUTES: Final = "minutes"
CONF_QUIET_MINUTES: Final = "quiet_minutes"

# Actions and events
ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
EVENT_REPLY: Final = f"{DOMAIN}_reply"
EVENT_LATE_REPLY: Final = f"{DOMAIN}_late_reply"
EVENT_COMMAND: Final = f"{DOMAIN}_command"
EVENT_WATCHDOG: Final = f"{DOMAIN}_watchdog_gone_off"
EVENT_WATCHDOG_STOPPED: Final = f"{DOMAIN}_watchdog_stopped"
EVENT_LIMIT_REACHED: Final = f"{DOMAIN}_limit_reached"
EVENT_TEXT_CHANGED: Final = f"{DOMAIN}_text_changed"
EVENT_DELIVERY_REPORT: Final = f"{DOMAIN}_delivery_report"
EVENT_DELIVERY_RESULT: Final = f"{DOMAIN}_delivery_result"
EVENT_MESSAGE_SENT: Final = f"{DOMAIN}_message_sent"
EVENT_QUESTION_ANSWERED: Final = f"{DOMAIN}_question_answered"
EVENT_ALERT_CHANGED: Final = f"{DOMAIN}_alert_changed"
