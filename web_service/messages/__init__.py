"""Messages: written, seen as a recipient gets them, tried out."""
