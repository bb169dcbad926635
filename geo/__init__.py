"""Places and the layers that stand on them: where need is, and how sure we are."""
