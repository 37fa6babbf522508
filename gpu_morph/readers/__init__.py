"""Readers: from files and simulators to morphologies, recordings and synapse events."""
