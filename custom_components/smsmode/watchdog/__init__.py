"""Dead man's switch: an SMS that the gateway sends when Home Assistant is silent."""
