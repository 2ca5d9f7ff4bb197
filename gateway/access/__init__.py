"""Who may ask: access tokens, revocations, rate limits, CORS and the client's address."""
