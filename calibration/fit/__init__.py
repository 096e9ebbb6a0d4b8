"""Fitting the uncertain parameters to published figures and to registration data."""
