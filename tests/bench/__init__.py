"""Benchmarks: programs that print one JSON line each, every figure against a peer or a limit of the same run."""
