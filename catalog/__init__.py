"""Products, sessions, embeddings and the vector index: the data floor, which knows nothing above it."""
