"""Links that let a new device sign in."""
