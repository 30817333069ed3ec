"""Trainers: a corpus in, vectors out."""
