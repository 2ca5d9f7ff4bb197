"""Articles as everybody reads them, and what search engines learn of them."""
