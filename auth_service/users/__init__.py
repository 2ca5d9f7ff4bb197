"""Registration and the own profile."""
