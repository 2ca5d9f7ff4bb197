"""Reading from replicas: never an answer that the primary would not have given."""
