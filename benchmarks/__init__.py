"""Speed, measured: `make bench` (see docs/speed.md for what the figures mean)."""
