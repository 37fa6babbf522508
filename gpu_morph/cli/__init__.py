"""The command ``gpu-morph``: one module per subcommand."""
