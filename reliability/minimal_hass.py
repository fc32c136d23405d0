"""Home Assistant itself as a program, without the integrations that nobody asked for, so that it starts soon."""

import sys

from homeassistant import __main__, bootstrap

if __name__ == "__main__":
    bootstrap.DEFAULT_INTEGRATIONS.clear()
    bootstrap.CRITICAL_INTEGRATIONS.clear()
    sys.exit(__main__.main())
