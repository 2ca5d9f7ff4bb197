"""What the operating system is asked for: memory and threads."""
