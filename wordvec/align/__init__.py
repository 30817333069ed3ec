"""Aligners: slices of one corpus in, vectors in one space out."""
