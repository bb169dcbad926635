"""Tables that are worked out from a planner's files, kept the way an imported file is.

Figures from rasters and older maps, minutes from roads: same checks, a version of their own.
"""
