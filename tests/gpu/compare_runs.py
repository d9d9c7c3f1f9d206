#!/usr/bin/env python3
"""
Four runs of one spec: two on a device, one there that was killed and resumed, and its copy that was resumed on the CPU. Prints how far apart
their losses are; 1 where the resumed run is not the first to the byte, or the CPU's losses of the first twenty steps of its own are over 0.1 %
from the device's. Later ones drift apart: training at such a rate doubles a difference every few steps, whatever it came from.
"""

import hashlib
import json
import pathlib
import sys


def losses(run):
    """step → loss of metrics.jsonl."""
    rows = (json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["step"]: row["loss"] for row in rows if "loss" in row}


def adapter(run):
    """SHA-256 of the exported adapter."""
    return hashlib.sha256((run / "adapter" / "adapter_model.safetensors").read_bytes()).hexdigest()


def first_difference(one, other):
    """The first step whose losses differ, or None."""
    return next((step for step in sorted(one.keys() & other.keys()) if one[step] != other[step]), None)


def main():
    """Prints and judges."""
    first, again, killed, crossed = map(pathlib.Path, sys.argv[1:])
    step = first_difference(losses(first), losses(again))
    print(f"twice: losses {'equal' if step is None else f'differ from step {step} on'}, adapters {'equal' if adapter(first) == adapter(again) else 'differ'}")

    device, cpu = losses(killed), losses(crossed)
    fork = first_difference(device, cpu)
    gaps = {step: abs(device[step] - cpu[step]) / cpu[step] for step in sorted(device) if fork is not None and step >= fork}
    early = max(list(gaps.values())[:20], default=0)
    print(f"resumed on the device and on the CPU: losses differ from step {fork} on, by {early:.1e} in 20 steps; then " +
          ", ".join(f"{gaps[step]:.1e} at {step}" for step in sorted(gaps)[20::40]))

    step = first_difference(losses(first), losses(killed))
    same = step is None and adapter(first) == adapter(killed)
    print(f"killed and resumed: {'equal to the byte' if same else f'losses differ from step {step} on'}; the CPU's losses {early:.1e} away in 20 steps")
    return 0 if same and early <= 1e-3 else 1


if __name__ == "__main__":
    sys.exit(main())
