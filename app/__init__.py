"""The faces of fanpin: the command line and three-line use from Python."""

from app.api import population, simulate

__all__ = ["population", "simulate"]
