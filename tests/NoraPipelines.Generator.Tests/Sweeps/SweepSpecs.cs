namespace NoraPipelines.Generator.Tests.Sweeps;

/// <summary>Small specs with a sweep.</summary>
internal static class SweepSpecs
{
    /// <summary>The sweep begins in line 10; `adapter` is in line 4.</summary>
    public static string Of(string sweep, string adapter = "method: nora, targets: [q_proj, v_proj], outer: { rank: 32 }, inner: { rank: 16 }, alpha: 32") => $$"""
        pipeline: table-5
        description: Starts of the outer pair (Table 5)
        model: { architecture: llama, preset: stories260k, source: { path: models } }
        adapter: { {{adapter}} }
        calibration: { samples: 32 }
        dataset: { train: { path: train.jsonl }, template: alpaca }
        training: { steps: 10, batch: 4, learning_rate: 1e-3, seeds: [1, 2, 3] }
        evaluation: [{ task: perplexity, path: held-out.jsonl }]
        # line 9
        sweep:
        {{sweep.Replace("\n", "\n        ").Replace("        ", "")}}
        """;

    public const string Axes = "  adapter.outer.init: [random, svd, awsvd]\n  adapter.inner.rank: [8, 16]";

    public const string Listed = """
          variants:
            - { name: awsvd, adapter.outer.init: awsvd }
            - { name: adapter-at-b, adapter.inner.structure: adapter, adapter.inner.rank: null, adapter.inner.std: 1e-3, training.learning_rate: 1e-3 }
        """;

    public const string Matched = "  adapter.method: [nora, lora_xs, lora, dora]\n  matched_budget: true";
}
