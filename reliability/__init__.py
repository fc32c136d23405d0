"""Reliability: proofs by fault injection that nothing is lost, doubled or forged; `python -m reliability`."""
