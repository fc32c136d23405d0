"""Emulator of the sMsmode HTTP gateway: strict, stateful, with faults on command."""
