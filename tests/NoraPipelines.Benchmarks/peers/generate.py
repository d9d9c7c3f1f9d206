#!/usr/bin/env python3
"""transformers' generate on the shapes of the C# benchmark's `generate`: greedy, a static cache; rows of the same fields."""

import argparse
import json
import statistics

from peft_step import SHAPES, make_model, timed

PROMPT = 32
ROUNDS = 3


def measure(model, rows, tokens, device):
    """Seconds of a new token of all rows together, without the pass over the prompt."""
    import torch

    ids = torch.tensor([[(7 * place + row) % 500 for place in range(PROMPT)] for row in range(rows)], device=device)  # [rows, prompt]
    mask = torch.ones_like(ids)

    def run(count):
        with torch.no_grad():
            model.generate(
                ids, attention_mask=mask, max_new_tokens=count, min_new_tokens=count, do_sample=False, use_cache=True, pad_token_id=0,
                cache_implementation="static", disable_compile=True,
            )

    seconds = []
    for _ in range(ROUNDS + 1):
        one = timed(lambda: run(1), device)
        seconds.append((timed(lambda: run(1 + tokens), device) - one) / tokens)
    return statistics.median(seconds[1:])


def main():
    """Measures and prints JSON."""
    import torch

    parser = argparse.ArgumentParser(description="transformers' generate beside the C# benchmark's")
    parser.add_argument("--preset", choices=SHAPES, default="small")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="bfloat16")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--tokens", type=int, default=32, help="new tokens of a text")
    options = parser.parse_args()
    model = make_model(SHAPES[options.preset], getattr(torch, options.dtype), options.device).eval()
    rows = []
    for count in options.rows:
        seconds = measure(model, count, options.tokens, options.device)
        rows.append({"shape": options.preset, "dtype": options.dtype, "rows": count, "tokens_per_second": count / seconds})
    print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
