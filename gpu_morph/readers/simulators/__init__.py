"""Readers of models and results in simulators, one module for each simulator."""
