"""Articles for those who write them: drafts, previews, and when they appear."""
