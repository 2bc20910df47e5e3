"""Compares the counted cost of a verify call with thresholds.json: usage gate.py RESULTS.json.

Exits 1 if a figure is above its threshold."""

import json
import pathlib
import sys

from report import table

TITLES = {
    "allocations_per_call": "allocations", "bytes_per_call": "bytes allocated", "system_calls_per_call": "system calls"}


def main():
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    thresholds = json.loads((pathlib.Path(__file__).parent / "thresholds.json").read_text())
    if set(thresholds) != set(TITLES):
        sys.exit(f"gate: thresholds.json needs exactly: {', '.join(TITLES)}")
    figures = {**results["allocations"], **results["system_calls"]}
    rows, exceeded = [], False
    for name, threshold in thresholds.items():
        above = figures[name] > threshold
        exceeded |= above
        rows.append([
            TITLES[name], f"{figures[name]:,.2f}", f"{threshold:,}", f"{(figures[name] / threshold - 1) * 100:+.1f} %",
            "ABOVE" if above else "ok"])
    table("cost of one verify call", ["", "measured", "threshold", "difference", ""], rows)
    if exceeded:
        print("\ngate: a threshold is exceeded. scripts/bench --only allocations --sites shows which functions allocate,\n"
              "scripts/bench --only syscalls the system calls. Thresholds are in scripts/benchmark/thresholds.json.",
              file=sys.stderr)
    return exceeded


if __name__ == "__main__":
    sys.exit(main())
