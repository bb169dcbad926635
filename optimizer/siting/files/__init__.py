"""Readers of published siting instances; ``read_siting_file`` finds the format itself."""

from optimizer.siting.files.read import read_siting_file
from optimizer.siting.files.words import FileProblem, SitingFile

__all__ = ["FileProblem", "SitingFile", "read_siting_file"]
