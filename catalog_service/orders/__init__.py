"""What users bought."""
