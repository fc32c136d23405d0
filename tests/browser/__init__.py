"""Browser tests, with a real Home Assistant and the gateway emulator."""
