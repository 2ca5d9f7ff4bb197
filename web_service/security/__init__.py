"""What keeps a page from being used against its reader."""
