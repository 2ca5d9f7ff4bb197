"""The same product pages as their own documentation would have them written, one process each.

They run in a virtual environment of their own. The environment names the database
(PEER_DATABASE_URL) and the file with the public key (PEER_PUBLIC_KEY).
"""
