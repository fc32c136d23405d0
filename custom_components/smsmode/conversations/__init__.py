"""Conversations: questions, alerts and commands by SMS."""
