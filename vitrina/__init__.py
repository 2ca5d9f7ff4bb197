"""The command `vitrina`, which finds the commands of the services."""
