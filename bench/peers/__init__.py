"""The gateways that people would pick otherwise: how each is installed, configured and started."""
