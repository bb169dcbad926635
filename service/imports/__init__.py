"""Files of the planner, read safely, understood, checked and kept as versions."""
