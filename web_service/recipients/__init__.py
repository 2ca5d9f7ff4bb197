"""The people that somebody writes to: each of them, and files of them."""
