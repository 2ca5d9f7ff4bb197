"""The terms of the shop, from a Markdown file."""
