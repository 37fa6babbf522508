"""The version of this package, which films and frame folders record."""

__version__ = "0.2.0"
