"""What the commands of every service have alike."""
