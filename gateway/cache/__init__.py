"""The shared response cache (RFC 9111) with single-fill fills."""
