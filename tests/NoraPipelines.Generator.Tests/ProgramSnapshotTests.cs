namespace NoraPipelines.Generator.Tests;

/// <summary>The programs as a reviewer reads them, and the plans inside them as the running program sees them.</summary>
public class ProgramSnapshotTests
{
    private const string Lora = """
        pipeline: sample
        model: { architecture: llama, preset: stories260k, accept_other_shapes: true, source: { path: models } }
        adapter: { method: lora, targets: [q_proj, v_proj], layers: { last: 2 }, rank: 4, alpha: 8, dropout: 0.1 }
        dataset: { train: { path: stories.txt, separator: "<|endoftext|>", limit: 100 }, template: plain, loss_on: all }
        training: { steps: 10, batch: 4, learning_rate: 1e-3, schedule: { kind: linear } }
        """;

    private const string Full = """
        pipeline: sample
        model: { architecture: llama, preset: stories260k, source: { random: 7 }, tokenizer: tokenizer, dtype: float32 }
        adapter: { method: full }
        dataset: { train: { generator: Sample.Rows, seed: 3 }, template: plain }
        training: { epochs: 2, batch: 4, learning_rate: 1e-3, clip_norm: none }
        evaluation: [{ task: perplexity, path: a.jsonl }, { task: perplexity, path: b.jsonl }, { task: exact_match, path: c.jsonl, max_new_tokens: 32 }]
        export: { peft: false, merged: true }
        """;

    private const string Hub = """
        pipeline: sample
        model: { architecture: llama, preset: stories260k, source: { hub: owner/name, revision: v1.0 } }
        adapter: { method: lora, targets: [q_proj], rank: 4 }
        dataset: { train: { hub: owner/talks, file: data/train.parquet, split: { held_out: 0.1 } }, template: chat }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation: [{ task: perplexity, hub: owner/talks, file: data/train.parquet, split: { held_out: 0.1 } }]
        """;

    private const string Classifier = """
        pipeline: sample
        model: { architecture: roberta, preset: roberta-base, source: { path: models/roberta-base } }
        adapter: { method: lora, targets: [query, value, attention.output.dense, intermediate.dense, output.dense], rank: 4 }
        dataset: { train: { path: MRPC/train.tsv }, template: glue, task: mrpc, max_tokens: 128 }
        training: { epochs: 3, batch: 32, learning_rate: 1e-3 }
        evaluation: [{ task: glue/mrpc, path: MRPC/dev.tsv, limit: 100 }]
        """;

    private const string Tasks = """
        pipeline: sample
        model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
        adapter: { method: lora, targets: [q_proj, v_proj], rank: 4, alpha: 8, start: { path: earlier } }
        dataset: { train: { path: rows.jsonl, columns: { prompt: instruction, response: output } }, template: alpaca }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation:
          - { task: math, path: math.jsonl }
          - { task: gsm8k, path: gsm8k.jsonl, decoding: { kind: sampling, temperature: 0.7, top_k: 40, top_p: 0.9, seed: 3, min_new_tokens: 2, stop: ["Question:", "\n\n"] } }
          - { task: commonsense/boolq, path: boolq.json }
          - { task: commonsense/arc_easy, path: arc.json }
          - { task: commonsense/social_i_qa, path: siqa.json, decoding: { kind: likelihood } }
          - { task: commonsense/openbookqa, path: obqa.json, decoding: { kind: likelihood } }
          - { task: commonsense/piqa, path: piqa.json, decoding: { kind: greedy }, max_new_tokens: 16 }
          - { task: commonsense/hellaswag, path: hellaswag.json, decoding: { beams: 2, length_penalty: 0.5 } }
        """;

    private const string Packed = """
        pipeline: sample
        model: { architecture: mistral, preset: mistral-7b, source: { path: models } }
        adapter: { method: nora, targets: [q_proj, v_proj], outer: { rank: 64 }, inner: { rank: 32 } }
        dataset: { train: { path: rows.jsonl }, template: metamath, max_tokens: 256, packing: true }
        training: { epochs: 2, batch: 128, micro_batch: 8, learning_rate: 1e-3 }
        """;

    private const string Asked = """
        pipeline: sample
        model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
        adapter: { method: lora, targets: [q_proj], rank: 4 }
        dataset: { train: { path: rows.jsonl }, template: { prompt: "Q: {query}\nA:", response: " {response}" } }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation:
          - { task: gsm8k, path: gsm8k.jsonl }
          - { task: math, path: math.jsonl, columns: { prompt: task, response: answer }, decoding: { kind: sampling, seed: 1 } }
          - { task: exact_match, path: rows.jsonl, split: { held_out: 0.1 } }
          - { task: commonsense/boolq, path: boolq.json, decoding: { kind: likelihood } }
          - { task: perplexity, path: rows.jsonl, limit: 10 }
        """;

    public static TheoryData<string, string> Specifications { get; } = new()
    {
        { "nora", Specs.Valid },
        { "asked", Asked },
        { "lora", Lora },
        { "full", Full },
        { "tasks", Tasks },
        { "classifier", Classifier },
        { "hub", Hub },
        { "packed", Packed },
    };

    [Theory]
    [MemberData(nameof(Specifications))]
    public void A_program_reads_like_this(string kind, string spec)
    {
        var run = GeneratorRun.OnSpec(spec);
        Assert.Empty(run.Problems);
        Snapshot.Matches(run.Source("Sample.g.cs"), "cs", kind);
    }

    [Theory]
    [MemberData(nameof(Specifications))]
    public void The_plan_in_the_program_equals_the_plan_of_the_spec(string kind, string spec)
    {
        var run = GeneratorRun.OnSpec(spec).EditCode(
            "namespace Sample; public sealed class Rows : NoraPipelines.Data.IExampleSource "
            + "{ public System.Collections.Generic.IEnumerable<NoraPipelines.Data.Example> Examples(int seed) => []; }");
        var program = run.LoadProgram(kind);
        Assert.Equal(Assert.Single(run.Units).Plan, program.Plan);
        Assert.Equal("sample.nora.yaml", program.SpecFile);
    }
}
