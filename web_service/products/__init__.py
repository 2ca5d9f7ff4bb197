"""What is for sale: the list, which one looks through, and each product."""
