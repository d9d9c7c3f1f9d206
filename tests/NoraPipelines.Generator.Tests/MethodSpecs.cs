namespace NoraPipelines.Generator.Tests;

/// <summary>A spec for each method, and for structures of NoRA that have adapters of their own.</summary>
internal static class MethodSpecs
{
    /// <summary>The method whose program the others are compared with.</summary>
    public const string Baseline = "lora";

    /// <summary>The keys of `adapter` behind its targets; a name is that of the method, with what is special behind a space.</summary>
    public static TheoryData<string, string> Adapters { get; } = new()
    {
        { "nora", "outer: { rank: 64 }, inner: { rank: 32 }" },
        { "nora square", "outer: { rank: 64 }, inner: { structure: adapter, std: 1e-4 }, dropout: 0.1" },
        { "nora parallel",
            "outer: { rank: 64, init: svd, sigma: split, trainable: true }, "
            + "inner: { rank: 32, init: uniform_zero, structure: parallel, position: w_a_and_w_b }" },
        { "lora_xs", "rank: 64" },
        { "rslora", "rank: 16, alpha: 32" },
        { "lora_plus", "rank: 16, rate_ratio: 8, dropout: 0.1" },
        { "lora_fa", "rank: 16" },
        { "dora", "rank: 16" },
        { "pissa", "rank: 16" },
        { "vera", "rank: 512, d_initial: 0.2, projection_seed: 7, dropout: 0.1" },
        { "lokr", "rank: 8, factor: 16" },
        { "adalora", "rank: 12, alpha: 24, dropout: 0.1, budget: { target_rank: 8, initial_steps: 2, final_steps: 3, every_steps: 1 }" },
        { "dylora", "rank: 16, rank_at: 4" },
    };

    public static string Decoder(string method, string keys) => $$"""
        pipeline: sample
        model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
        adapter: { method: {{method.Split(' ')[0]}}, targets: [q_proj, v_proj, down_proj], {{keys}} }
        dataset: { train: { path: train.jsonl }, template: alpaca }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        """;

    public static string Classifier(string method, string keys) => $$"""
        pipeline: sample
        model: { architecture: roberta, preset: roberta-base, source: { path: models/roberta-base } }
        adapter: { method: {{method.Split(' ')[0]}}, targets: all-linear, layers: { last: 2 }, {{keys}} }
        dataset: { train: { path: MRPC/train.tsv }, template: glue, task: mrpc, max_tokens: 128 }
        training: { epochs: 3, batch: 32, learning_rate: 1e-3 }
        evaluation: [{ task: glue/mrpc, path: MRPC/dev.tsv, limit: 100 }]
        """;
}
