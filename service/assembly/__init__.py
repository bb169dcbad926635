"""Joining layers, offices and a scenario into a problem: the parts of ``service.assemble``."""
