"""Products as managers and administrators see, change, import and export them."""
