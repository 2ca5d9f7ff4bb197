"""How a page is served: who may see it, what it is made from, and what happens when that fails."""
