"""The same page of products as Django's documentation would have it written, in one process.

It runs in the virtual environment of the catalog's peers. PEER_DATABASE_URL names the database.
"""
