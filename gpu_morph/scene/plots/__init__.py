"""Plots that are panels: traces, spike rasters, image sequences, figures and functions of time."""
