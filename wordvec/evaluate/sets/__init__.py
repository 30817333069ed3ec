"""Test sets: files of any form, read by stated rules."""
