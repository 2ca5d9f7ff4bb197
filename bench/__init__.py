"""The measurements that the README quotes; each starts what it needs and prints a table."""
