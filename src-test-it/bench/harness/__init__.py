"""Drives Gangway's benchmarks; see docs/benchmarks.md. Standard library only."""
