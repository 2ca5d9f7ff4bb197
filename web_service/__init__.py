"""The web service: the shop and the cabinet as pages, for people with a browser."""
