"""The emails of a development system, shown instead of sent."""
