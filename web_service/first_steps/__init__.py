"""What an administrator has to do after installation."""
