"""What a Django shop would send mailings with, to be measured beside Vitrina's workers.

`post_office_peer.py` runs in an environment of its own, with packages that Vitrina does not need.
"""
