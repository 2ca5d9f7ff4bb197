"""Products from files and into files, over HTTP and on the command line."""
