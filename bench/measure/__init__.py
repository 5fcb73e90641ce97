"""What the benchmarks share: records, scoring, the reference, running, tables."""
