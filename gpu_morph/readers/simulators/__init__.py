"""Bridges from simulators, one module each."""
