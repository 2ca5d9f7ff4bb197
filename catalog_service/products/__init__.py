"""Products: looking through them, and loading them from files."""
