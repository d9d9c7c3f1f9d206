namespace NoraPipelines.Generator.Tests;

/// <summary>Specs that tests start from.</summary>
internal static class Specs
{
    /// <summary>A valid spec that uses most keys; line numbers of tests count from its first line.</summary>
    public const string Valid = """
        pipeline: sample
        description: NoRA on a small model
        model:
          architecture: llama
          preset: stories260k
          source: { path: models/stories260k }
          dtype: float32
        adapter:
          method: nora
          targets: [q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]
          layers: all
          outer: { rank: 32, init: awsvd, sigma: b }
          inner: { rank: 16, init: normal, std: 0.01, structure: serial, position: w_a }
          alpha: 32
          dropout: 0.0
        calibration: { samples: 64, statistic: mean_abs, exponent: 0.5, scaling: diagonal }
        dataset:
          train: { path: data/train.jsonl, columns: { prompt: question, response: answer }, limit: 1000 }
          template: metamath
          max_tokens: 128
          packing: false
          loss_on: response
        training:
          epochs: 2
          batch: 32
          micro_batch: 8
          learning_rate: 7.0e-3
          schedule: { kind: cosine, warmup_ratio: 0.02 }
          optimizer: { kind: adamw, weight_decay: 0.0 }
          clip_norm: 1.0
          gradient_checkpointing: true
          checkpoint: { every_steps: 200, keep: 2 }
          seeds: [1, 2, 3]
        evaluation:
          - { task: exact_match, path: data/test.jsonl, columns: { prompt: question, response: answer }, max_new_tokens: 64 }
          - { task: perplexity, path: data/held-out.jsonl, columns: { prompt: question, response: answer } }
        export: { peft: true, merged: false }

        """;

    /// <summary>The valid spec with one piece replaced; the piece must be there once.</summary>
    public static string With(string piece, string replacement)
    {
        Assert.Equal(2, Valid.Split(piece).Length);
        return Valid.Replace(piece, replacement);
    }

    /// <summary>The lines of the valid spec from one text to before another.</summary>
    public static string Between(string first, string end)
    {
        var start = Valid.IndexOf(first, StringComparison.Ordinal);
        return Valid[start..Valid.IndexOf(end, start, StringComparison.Ordinal)];
    }
}
