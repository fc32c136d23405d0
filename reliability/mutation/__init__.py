"""What `test_mutations` runs: mutmut in a copy of the tree."""
