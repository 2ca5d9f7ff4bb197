"""The ages of the signing keys, to be read; to change them is a command."""
