"""What several benchmarks stand on: processes, load, tokens, services and tables."""
