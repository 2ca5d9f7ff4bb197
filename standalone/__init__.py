"""The whole system on one machine without containers: ``make run`` is ``python -m standalone``."""
