"""Print the benchmark and write it to bench.json: `make bench` or `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from benchmarks.against_mesa import against_mesa
from benchmarks.starting import starting
from benchmarks.whole import by_mechanism, scaling, speed, warm_run


def main() -> None:
    """Run every part; `--quick` leaves out the sizes above one million people."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no populations above one million")
    parser.add_argument("--out", default="bench.json")
    arguments = parser.parse_args()
    # an OpenBLAS kernel forced by the environment slows numpy and says nothing about the model
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)
    result: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()}
    }
    print("starting ...", flush=True)
    start = result["starting"] = starting()
    for name, row in start.items():
        print(
            f"  {name:5s} first result after {row['whole']:5.1f} s (import {row['import']:.1f}, "
            f"compile {row['compile']:.1f}, population {row['population_and_model']:.1f}, "
            f"four months {row['first_months']:.1f})"
        )
    print("cost against population ...", flush=True)
    sizes = (0.025, 0.05, 0.1) if arguments.quick else (0.1, 0.25, 0.5, 1.0)
    grown = result["scaling"] = scaling(sizes)
    for row in grown["rows"]:
        print(f"  {row['persons'] / 1e6:5.2f} million people  {row['nanoseconds']:6.1f} ns a "
              f"person-month  {row['resident_gigabytes']:5.2f} GB resident")  # fmt: skip
    print(f"  fixed cost a run {grown['fixed_seconds_a_run']:.2f} s; "
          f"spread over sizes {grown['spread']:.0%}")  # fmt: skip
    print("speed of the whole model ...", flush=True)
    result["speed"] = {}
    for sample in (0.1,) if arguments.quick else (0.1, 1.0):
        fast = result["speed"][str(sample)] = speed(sample)
        bytes_, people = fast["bytes_per_person"], fast["persons"] / 1e6
        print(f"  {people:.2f} million people, {bytes_:.0f} bytes of live columns a person")
        print(f"    one core     {fast['one_core'] / 1e6:6.1f} million person-months a second")
        print(f"    two threads  {fast['two_threads'] / 1e6:6.1f} (x {fast['two_over_one']:.2f})")
    half = result["half_million"] = warm_run()
    print(
        f"  a further run of {half['persons'] / 1e6:.2f} million people to December 2020, warm: "
        f"{half['one_thread']:.2f} s, two threads {half['two_threads']:.2f} s"
    )
    print("time by mechanism ...", flush=True)
    shares = result["by_mechanism"] = by_mechanism()
    for name, share in sorted(shares.items(), key=lambda pair: -pair[1]):
        print(f"  {share:6.1%}  {name}")
    print("against Mesa objects ...", flush=True)
    mesa = result["against_mesa"] = against_mesa()
    for line in mesa["lines"]:
        print(f"  {line}")
    Path(arguments.out).write_text(json.dumps(result, indent=1) + "\n")
    print(f"written to {arguments.out}")


if __name__ == "__main__":
    main()
