"""Demo: a real Home Assistant, the gateway emulator, and a scenario whose steps are checked."""
