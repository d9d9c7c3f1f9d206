#!/usr/bin/env python3
"""Rows of the C# benchmark's `step` beside those of peft_step.py: a table, the ratios to PEFT's LoRA, and whether the bars hold."""

import argparse
import json
import sys

SPEED_BAR = 1.3  # tokens/s over PEFT LoRA's, at least
MEMORY_BAR = 0.8  # bytes at the peak over PEFT LoRA's, at most
MFU_BAR = 0.45  # share of the rate of large products, at least


def tokens_of(row):
    """Tokens of a step."""
    return round(row["tokens_per_second"] * row["seconds"])


def read(path):
    """method → row, all of one shape, dtype and number of tokens."""
    try:
        with open(path, encoding="utf-8") as file:
            rows = json.load(file)
    except (OSError, ValueError) as error:
        sys.exit(f"compare.py: {path} cannot be read: {error}")
    if not rows:
        sys.exit(f"compare.py: {path} holds no rows.")
    if len({kind_of(row) for row in rows}) > 1:
        sys.exit(f"compare.py: {path} holds more than one shape, dtype or number of tokens.")
    return {row["method"]: row for row in rows}


def kind_of(row):
    """What two rows must share to be compared: shape, dtype, tokens of a step."""
    return row["shape"], row["dtype"], tokens_of(row)


def check_same_work(ours, peft):
    """Ends where the two files did not measure the same step."""
    kinds = [kind_of(next(iter(rows.values()))) for rows in (ours, peft)]
    if kinds[0] != kinds[1]:
        sys.exit(f"compare.py: the files hold different steps: {kinds[0]} and {kinds[1]}.")
    for method in ours.keys() & peft.keys():
        counts = ours[method]["flops"], peft[method]["flops"]
        if abs(counts[0] - counts[1]) > 1e-9 * counts[0]:
            sys.exit(f"compare.py: the files count different operations for {method}: {counts[0]:.6e} and {counts[1]:.6e}; rows differ?")


def ratio(row, base, field):
    """row's over base's number, or None where one of them was not measured."""
    return row[field] / base[field] if row[field] is not None and base[field] is not None else None


def show(number, form):
    """A number, or a dash where it was not measured."""
    return "–" if number is None else format(number, form)


def table(ours, peft):
    """Lines: every row with its ratios to PEFT's LoRA. Memory in GB of 10⁹ bytes, TFLOP/s of the counted operations."""
    base = peft["lora"]
    columns = "{:<6}{:<10}{:>10}{:>10}{:>9}{:>10}{:>12}{:>10}"
    yield columns.format("", "method", "tokens/s", "TFLOP/s", "MFU", "peak GB", "× tokens/s", "× memory")
    for owner, rows in (("ours", ours), ("PEFT", peft)):
        for method, row in rows.items():
            peak = row["peak_memory"]
            yield columns.format(
                owner, method, show(row["tokens_per_second"], ",.0f"), show(row["flops"] / row["seconds"] / 1e12, ".1f"),
                show(row["mfu"], ".1%"), show(peak and peak / 1e9, ".2f"), show(ratio(row, base, "tokens_per_second"), ".2f"),
                show(ratio(row, base, "peak_memory"), ".2f"))


def bars(ours, peft):
    """Lines: each bar for our NoRA and LoRA, and whether it holds."""
    base = peft["lora"]
    for method in ("nora", "lora"):
        if method not in ours:
            yield f"{method}: not measured"
            continue
        speed, memory = (ratio(ours[method], base, field) for field in ("tokens_per_second", "peak_memory"))
        mfu = ours[method]["mfu"]
        yield f"{method}: tokens/s {show(speed, '.2f')} of PEFT LoRA's, at least {SPEED_BAR}: {verdict(speed, lambda x: x >= SPEED_BAR)}"
        yield f"{method}: memory {show(memory, '.2f')} of PEFT LoRA's, at most {MEMORY_BAR}: {verdict(memory, lambda x: x <= MEMORY_BAR)}"
        yield f"{method}: MFU {show(mfu, '.1%')}, at least {MFU_BAR:.0%}: {verdict(mfu, lambda x: x >= MFU_BAR)}"


def verdict(number, holds):
    """In words; a bar whose number is missing neither holds nor fails."""
    return "not measured" if number is None else "holds" if holds(number) else "DOES NOT HOLD"


def main(arguments=None):
    """Prints the comparison; ends with an error only where there is nothing to compare."""
    parser = argparse.ArgumentParser(description="Our training step beside PEFT's")
    parser.add_argument("ours", help="JSON of the benchmark's `step`")
    parser.add_argument("peft", help="JSON of peft_step.py")
    options = parser.parse_args(arguments)
    ours, peft = read(options.ours), read(options.peft)
    if "lora" not in peft:
        sys.exit(f"compare.py: {options.peft} holds no lora row to compare with.")
    check_same_work(ours, peft)
    print("{}, {}, {:,} tokens a step".format(*kind_of(peft["lora"])), "", *table(ours, peft), "", *bars(ours, peft), "", sep="\n")
    print("MFU is a share of the rate that a large product reached on this card, not of the data sheet's; × is over PEFT's LoRA.")


if __name__ == "__main__":
    main()
