"""What starts, fills, ends and stops mailings beside the requests."""
