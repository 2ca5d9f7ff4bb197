"""Pictures of articles: made small and harmless, kept as files, served to everybody."""
