"""Minimal Home Assistant: the program without its default integrations, so that it starts quickly."""

import sys

from homeassistant import __main__, bootstrap

if __name__ == "__main__":
    bootstrap.DEFAULT_INTEGRATIONS.clear()
    bootstrap.CRITICAL_INTEGRATIONS.clear()
    sys.exit(__main__.main())
