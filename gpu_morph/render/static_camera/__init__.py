"""Frames of a camera that stands still."""
