"""The sMsmode gateway: HTTP and SMS, and nothing of Home Assistant."""
