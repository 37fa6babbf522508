"""Readers: morphologies, recordings and synapse events from files and simulators."""
