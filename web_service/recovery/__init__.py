"""A password that is forgotten, and getting in at a device that is new."""
