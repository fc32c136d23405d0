"""Proofs that nothing is lost, doubled or let in, by faults that really happen: `python -m reliability`."""
