"""The version of this package, which films and frame folders record."""

__version__ = "0.1.0"
