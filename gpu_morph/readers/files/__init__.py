"""Readers of morphology files, one module a format."""
