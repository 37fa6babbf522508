"""The command gpu-morph."""
