"""The keys that access tokens are signed with: stored, rotated, published."""
