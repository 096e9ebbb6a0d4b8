"""Results: run stores in; tables, comparisons, plots and reports out.

This room reads stores only. It knows nothing of the simulated world, of scenario files or
of calibration, so that any store with the schema of ``docs/store.md`` can be reported.
``results.report`` (which draws) is not imported here, so that a table needs no matplotlib.
"""

from results.compare import comparison, to_csv, to_text
from results.store import Store, StoreError, open_store

__all__ = ["Store", "StoreError", "comparison", "open_store", "to_csv", "to_text"]
