"""Questions around a plan: what is kept of them, from what they are made, how they are read."""
