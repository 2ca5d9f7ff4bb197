"""How many emails: rates and circuit breaker of a mail server, domains, quotas of owners."""
