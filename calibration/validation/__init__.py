"""Published patterns held against a batch of runs: read, reckoned, judged, never fitted.

The patterns are data (calibration/data/patterns.yaml, and a user's own files of the same form);
`patterns` reads and checks them, `measures` reckons one of them from a run, `verdicts` says what
to think of it, `table` puts them together and `page` prints them.
"""
