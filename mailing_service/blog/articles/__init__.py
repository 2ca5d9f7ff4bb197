"""Articles as everybody sees them: what is published, and nothing else."""
