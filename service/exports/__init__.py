"""Exports: layers and plans as files that other programs open, each saying where it comes from."""
