"""Vectors of word senses: the values, and how a context tells senses apart."""
