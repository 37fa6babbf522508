"""The In Silico Framework's calls."""
