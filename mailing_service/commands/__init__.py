"""The commands of the mailing service."""
