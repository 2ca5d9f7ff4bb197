"""Write down who did what to products and orders."""
