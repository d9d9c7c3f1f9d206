#!/usr/bin/env python3
"""
A training step of PEFT's LoRA and DoRA on transformers' Llama, timed beside the frozen model's: what `step` of the C# benchmark
measures, in rows of the same fields. Weights are random; nothing is downloaded. Shapes and formulas need no PyTorch.
"""

import argparse
import ctypes
import dataclasses
import gc
import importlib.util
import json
import statistics
import sys
import time

RANK = 64
WARM_UP = 2
METHODS = ("frozen", "lora", "dora")
NEEDED = ("torch", "peft", "transformers")


@dataclasses.dataclass(frozen=True)
class Shape:
    """A Llama decoder and the batch of one step: `rows` texts of `tokens` tokens, all labelled. StepShape.cs, ModelCatalog.cs."""

    name: str
    vocabulary: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    key_heads: int
    positions: int = 4096
    norm_epsilon: float = 1e-5
    rope_theta: float = 10000.0
    rows: int = 1
    tokens: int = 512

    @property
    def all_tokens(self):
        """Tokens of a step."""
        return self.rows * self.tokens

    @property
    def projections(self):
        """name → (out, in) of the seven weights of a layer."""
        keys = self.hidden // self.heads * self.key_heads
        return {
            "q_proj": (self.hidden, self.hidden),
            "k_proj": (keys, self.hidden),
            "v_proj": (keys, self.hidden),
            "o_proj": (self.hidden, self.hidden),
            "gate_proj": (self.feed_forward, self.hidden),
            "up_proj": (self.feed_forward, self.hidden),
            "down_proj": (self.hidden, self.feed_forward),
        }


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("small", 8192, 512, 1408, 8, 8, 8, rows=4, tokens=256),
        Shape("large", 32000, 2048, 5632, 4, 32, 4, rows=2, tokens=256),
        Shape("llama-7b", 32000, 4096, 11008, 32, 32, 32, positions=2048, norm_epsilon=1e-6),
        Shape("llama-2-7b", 32000, 4096, 11008, 32, 32, 32),
        Shape("llama-3-8b", 128256, 4096, 14336, 32, 32, 8, positions=8192, rope_theta=500000.0),
    )
}


def adapter_flops(method, out, inputs, tokens):
    """
    Operations that an adapter adds to one projection of [out, inputs] on so many tokens, as StepMethod.cs counts them: of its forward
    pass, of the gradient of its input, of the rest of its backward pass.
    """
    if method == "frozen":
        return 0, 0, 0
    forward = 2 * tokens * RANK * (inputs + out)
    if method == "dora":
        forward += 2.0 * RANK * inputs * out  # B·A for the norms of the rows, once a step
    return forward, 2 * tokens * RANK * inputs, 2 * tokens * RANK * (out + out + inputs)


def step_flops(shape, method):
    """
    Operations of the matrix products of one step, a multiplication and an addition being two, as StepFlops.cs counts them: forward, the
    gradients of inputs (not of the first layer's q, k, v), the gradients of what trains; the causal half of attention. What a method
    computes a second time, as in gradient checkpointing, does not count.
    """
    total = 2 * 2.0 * shape.vocabulary * shape.hidden * shape.all_tokens  # the head: logits and their inputs' gradients
    total += shape.layers * (1 + 2) * 2.0 * shape.rows * shape.tokens * shape.tokens * shape.hidden  # q·kᵀ and ·v, causal
    for name, (out, inputs) in shape.projections.items():
        first = 1 if name in ("q_proj", "k_proj", "v_proj") else 0  # projections whose input needs no gradient
        weight = 2.0 * inputs * out * shape.all_tokens
        forward, input_gradient, backward = adapter_flops(method, out, inputs, shape.all_tokens)
        total += shape.layers * (weight + forward)
        total += (shape.layers - first) * (weight + input_gradient)
        total += shape.layers * backward
    return total


def make_model(shape, dtype, device):
    """LlamaForCausalLM with random weights and sdpa attention, made on the device and in the dtype."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=shape.vocabulary, hidden_size=shape.hidden, intermediate_size=shape.feed_forward, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, num_key_value_heads=shape.key_heads, max_position_embeddings=shape.positions,
        rms_norm_eps=shape.norm_epsilon, rope_theta=shape.rope_theta, use_cache=False, attn_implementation="sdpa",
    )
    torch.manual_seed(1)
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            model = LlamaForCausalLM(config)
    finally:
        torch.set_default_dtype(torch.float32)
    if model.config._attn_implementation != "sdpa":
        sys.exit(f"peft_step.py: this transformers gave {model.config._attn_implementation} attention instead of sdpa.")
    return model


class Step:
    """One method on a model of its own: loss, backward pass, clipping at norm 1, AdamW, as TrainingStep.cs."""

    def __init__(self, shape, method, dtype, device, checkpointing, autocast):
        import torch
        from peft import LoraConfig, get_peft_model

        self.device, self.autocast = device, autocast
        model = make_model(shape, dtype, device)
        if method == "frozen":
            model.requires_grad_(False)
            attention = model.model.layers[0].self_attn
            for projection in (attention.q_proj, attention.k_proj, attention.v_proj):
                projection.register_forward_hook(lambda module, args, output: output.detach().requires_grad_(True))
            self.model = model
        else:
            config = LoraConfig(
                r=RANK, lora_alpha=RANK, lora_dropout=0.0, target_modules=list(shape.projections), use_dora=method == "dora",
                task_type="CAUSAL_LM",
            )
            self.model = get_peft_model(model, config)  # a bfloat16 base gets float32 adapters
        if checkpointing:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        self.model.train()
        self.trainable = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trainable, lr=1e-4, weight_decay=0.0, fused=True) if self.trainable else None
        ids = torch.randint(0, shape.vocabulary, (shape.rows, shape.tokens), generator=torch.Generator().manual_seed(1))
        self.ids = ids.to(device)  # [rows, tokens] int64

    def run(self, after_forward=lambda: None):
        """One step; `after_forward` is called between the loss and its backward pass."""
        import torch

        with torch.autocast(self.device, torch.bfloat16, enabled=self.autocast):
            loss = self.model(input_ids=self.ids, labels=self.ids, use_cache=False).loss
        after_forward()
        loss.backward()
        if self.optimizer:
            torch.nn.utils.clip_grad_norm_(self.trainable, 1.0)
            self.optimizer.step()
            self.optimizer.zero_grad()

    def held_bytes(self):
        """Weights, adapters and two moments of each adapter."""
        return sum(p.numel() * p.element_size() * (3 if p.requires_grad else 1) for p in self.model.parameters())


def set_malloc(mmap_threshold, trim_threshold):
    """glibc's thresholds in bytes: from the first on, a tensor is a mapping of its own, given back when it is freed."""
    libc = ctypes.CDLL(None)
    libc.mallopt(-3, mmap_threshold)  # M_MMAP_THRESHOLD
    libc.mallopt(-1, trim_threshold)  # M_TRIM_THRESHOLD


def process_bytes(key):
    """VmRSS or VmHWM of this process, in bytes."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key + ":"))


def measure_memory(step):
    """
    (bytes at the peak of a step, bytes that its forward pass leaves). On a GPU the peak is what the allocator took of the card, as
    StepRow.cs counts it; on a CPU the model, the moments and what
    the step adds to the process, without Python and its libraries, as StepMemory.cs counts: it needs Linux and `set_malloc`.
    """
    import torch

    step.run()  # the moments are there
    gc.collect()
    left = []
    if step.device == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        step.run(lambda: left.append(torch.cuda.memory_allocated() - before))
        return torch.cuda.max_memory_reserved(), left[0]
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as peak:
        peak.write("5")  # VmHWM begins anew
    before = process_bytes("VmRSS")
    step.run(lambda: left.append(process_bytes("VmRSS") - before))
    return step.held_bytes() + process_bytes("VmHWM") - before, left[0]


def timed(action, device):
    """Seconds of an action until the device has done it."""
    import torch

    wait = torch.cuda.synchronize if device == "cuda" else lambda: None
    wait()
    start = time.perf_counter()
    action()
    wait()
    return time.perf_counter() - start


def measure_time(step, dtype, rounds):
    """Each round one large product, then one step: ([rounds] seconds of a step, [rounds] operations a second of the product)."""
    import torch

    size, products = (8192, 10) if step.device == "cuda" else (2048, 1)  # a GPU that waits for the host after each is not at its rate

    def multiply():
        for _ in range(products):
            torch.nn.functional.linear(a, b)

    a, b = (torch.rand(size, size).to(step.device, dtype) for _ in range(2))  # [size, size]
    seconds, rates = [], []
    for _ in range(WARM_UP + rounds):
        rates.append(products * 2.0 * size**3 / timed(multiply, step.device))
        seconds.append(timed(step.run, step.device))
    return seconds[WARM_UP:], rates[WARM_UP:]


def measure(shape, method, options):
    """(seconds of each round, product rates of each round, (peak bytes, activation bytes))."""
    import torch

    dtype = getattr(torch, options.dtype)
    follows = options.device == "cpu" and sys.platform == "linux"
    if follows:
        set_malloc(64 << 10, 128 << 10)
    step = Step(shape, method, dtype, options.device, options.gradient_checkpointing, options.autocast)
    memory = measure_memory(step) if follows or options.device == "cuda" else (None, None)
    if follows:
        set_malloc(32 << 20, 64 << 20)
    return (*measure_time(step, dtype, options.rounds), memory)


def make_row(shape, dtype, method, result, floor_seconds):
    """
    A row of StepRow.cs. Here the methods run one after another, each on a model of its own, so overhead is a ratio of medians:
    (seconds / the frozen model's) / (flops / the frozen model's). Mfu is the median of flops / seconds / the product's rate.
    """
    seconds, rates, (peak, activations) = result
    flops, median = step_flops(shape, method), statistics.median(seconds)
    return {
        "shape": shape.name,
        "dtype": dtype,
        "method": method,
        "seconds": median,
        "flops": flops,
        "overhead": median / floor_seconds / (flops / step_flops(shape, "frozen")),
        "tokens_per_second": shape.all_tokens / median,
        "mfu": statistics.median(flops / own / rate for own, rate in zip(seconds, rates)),
        "peak_memory": peak,
        "activation_memory": activations,
    }


def show(value):
    """A cell of the table."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value / 1e6:.1f} MB"
    return value if isinstance(value, str) else f"{value:.3e}" if value >= 1e6 else f"{value:.4f}"


def print_rows(rows, as_json):
    """One JSON array, or a table."""
    if as_json:
        print(json.dumps(rows, indent=2))
        return
    for cells in [rows[0].keys(), *(map(show, row.values()) for row in rows)] if rows else []:
        print("".join(cell.ljust(18) for cell in cells).rstrip())


def parse(arguments):
    """The options, with the preset's shape as `shape`."""
    parser = argparse.ArgumentParser(description="A training step of PEFT's methods beside the frozen model's")
    parser.add_argument("--preset", choices=SHAPES, default="small")
    parser.add_argument("--rows", type=int, help="texts of a step")
    parser.add_argument("--tokens", type=int, help="tokens of a text")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="bfloat16")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int, default=9, help="timed steps of each method")
    parser.add_argument("--method", nargs="+", choices=METHODS, default=METHODS, help="which methods beside the frozen model")
    parser.add_argument("--gradient-checkpointing", action="store_true", help="compute each layer again in the backward pass")
    parser.add_argument("--autocast", action="store_true", help="run the forward pass under torch.autocast, as a Trainer with bf16=True")
    parser.add_argument("--count", action="store_true", help="count each step's operations, and time nothing; needs no PyTorch")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    named = SHAPES[options.preset]
    given = {name: value for name in ("rows", "tokens") if (value := getattr(options, name)) is not None}
    options.shape = dataclasses.replace(named, **given)
    if not 2 <= options.shape.tokens <= named.positions:
        parser.error(f"--tokens must be 2 to {named.positions} for {named.name}")
    if options.shape.rows < 1 or options.rounds < 1:
        parser.error("--rows and --rounds must be at least 1")
    if options.autocast and options.dtype != "bfloat16":
        parser.error("--autocast is for --dtype bfloat16")
    return options


def main(arguments=None):
    """Measures and prints; 1 where a method's step did not fit into the device's memory."""
    options = parse(arguments)
    if options.count:
        rows = [{"shape": options.shape.name, "method": method, "flops": step_flops(options.shape, method)}
                for method in METHODS if method == "frozen" or method in options.method]
        print_rows(rows, options.json)
        return 0
    if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        sys.exit(f"peft_step.py: {', '.join(missing)} missing. Install what is needed: python3 -m pip install {' '.join(NEEDED)}")
    import torch

    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("peft_step.py: PyTorch finds no CUDA device; use --device cpu, or install a PyTorch build for CUDA.")
    shape, results, failed = options.shape, {}, []
    for method in METHODS:
        if method != "frozen" and method not in options.method:
            continue
        try:
            results[method] = measure(shape, method, options)
        except torch.cuda.OutOfMemoryError as error:
            failed.append(method)
            print(f"peft_step.py: {method} does not fit: {str(error).splitlines()[0]}", file=sys.stderr)
            if method == "frozen":
                break  # what follows needs more
        gc.collect()
        if options.device == "cuda":
            torch.cuda.empty_cache()

    rows = [make_row(shape, options.dtype, method, result, statistics.median(results["frozen"][0])) for method, result in results.items()]
    print_rows(rows, options.json)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
