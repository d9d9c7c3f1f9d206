namespace NoraPipelines.Generator.Tests;

/// <summary>A spec for each of the methods that NoRA is compared with.</summary>
internal static class BaselineSpecs
{
    /// <summary>The `adapter` of each, after its targets.</summary>
    public static TheoryData<string, string> Adapters { get; } = new()
    {
        { "rslora", "rank: 16, alpha: 32" },
        { "lora_plus", "rank: 16, rate_ratio: 8, dropout: 0.1" },
        { "lora_fa", "rank: 16" },
        { "dora", "rank: 16" },
        { "pissa", "rank: 16" },
        { "vera", "rank: 512, d_initial: 0.2, projection_seed: 7, dropout: 0.1" },
        { "lokr", "rank: 8, factor: 16" },
    };

    public static string Decoder(string method, string keys) => $$"""
        pipeline: sample
        model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
        adapter: { method: {{method}}, targets: [q_proj, v_proj, down_proj], {{keys}} }
        dataset: { train: { path: train.jsonl }, template: alpaca }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        """;

    public static string Classifier(string method, string keys) => $$"""
        pipeline: sample
        model: { architecture: roberta, preset: roberta-base, source: { path: models/roberta-base } }
        adapter: { method: {{method}}, targets: all-linear, layers: { last: 2 }, {{keys}} }
        dataset: { train: { path: MRPC/train.tsv }, template: glue, task: mrpc, max_tokens: 128 }
        training: { epochs: 3, batch: 32, learning_rate: 1e-3 }
        evaluation: [{ task: glue/mrpc, path: MRPC/dev.tsv, limit: 100 }]
        """;
}
