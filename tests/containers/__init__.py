"""The images and the compose files on a real container engine."""
