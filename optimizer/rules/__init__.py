"""One rule a file; the list of them is the model."""
