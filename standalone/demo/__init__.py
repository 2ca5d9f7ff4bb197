"""Things for a first look: people, orders, mailings and articles, made through the gateway."""
