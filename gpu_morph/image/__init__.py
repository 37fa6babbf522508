"""Pixels as arrays: packed colours, YUV planes, alpha, PNG."""
