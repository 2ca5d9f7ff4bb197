"""Values that people, files and header fields give, in one form."""
