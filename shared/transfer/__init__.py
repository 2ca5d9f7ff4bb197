"""Files that people send and fetch: CSV and JSON lines, with a report or as a stream."""
