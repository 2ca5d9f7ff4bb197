"""How many emails of mailings, messages and owners are in which state, from counters."""
