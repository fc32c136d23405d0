"""Sending: validation, budget, outbox, attempts, reconciliation."""
