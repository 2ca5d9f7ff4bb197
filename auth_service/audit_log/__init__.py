"""The list of recorded events, for administrators."""
