"""Calls to the gateway's public API, as any client makes them, for the person at the browser."""
