"""Morphologies, recordings and synapse events as frozen numpy arrays."""
