"""Numba kernels: arrays in, arrays out. Importing this package does not import Numba."""
