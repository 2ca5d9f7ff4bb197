"""The mailing service: people write to their recipients, and know who got what."""
