"""Sending: workers claim deliveries, look them up, hand them to a mail server, write results.

Pure: buckets, buffer, retries, verdicts. What workers agree on is in the database: claims,
ledger, domains, breakers, rates.
"""
