"""Evaluation: how good are these vectors, and how sure can one be?"""
