"""Drift: which words changed between slices."""
