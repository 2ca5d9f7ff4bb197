"""Mail servers that say what a test wants."""
