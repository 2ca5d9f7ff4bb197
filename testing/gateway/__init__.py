"""A client and a service of which a test decides every byte, and the gateway's process between."""
