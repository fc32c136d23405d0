"""Replies and delivery reports: webhook, polling, verification and processing."""
