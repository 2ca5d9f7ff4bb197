"""What is still to be done after installation."""
