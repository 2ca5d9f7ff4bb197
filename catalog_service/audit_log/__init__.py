"""The list of what was written down, for administrators."""
