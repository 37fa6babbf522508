"""What touches the operating system: threads, signals, progress, files, child processes."""
