"""Sensors that belong to something else than an account: a recipient, or an alert plan."""
