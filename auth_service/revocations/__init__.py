"""What the gateway must refuse although its access token is still valid."""
