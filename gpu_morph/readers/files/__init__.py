"""Readers of morphology files, one module for each format; `readers.formats` lists them."""
