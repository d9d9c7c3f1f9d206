namespace NoraPipelines.Generator.Tests;

/// <summary>Generated programs, one for each choice that a spec can make; all are compiled against the library.</summary>
public class ProgramTests
{
    private const string Rows = """
        namespace Sample;
        public sealed class Rows : NoraPipelines.Data.IExampleSource
        {
            public System.Collections.Generic.IEnumerable<NoraPipelines.Data.Example> Examples(int seed) => [];
        }
        public sealed partial class Sample
        {
            partial void OnStep(NoraPipelines.Training.StepReport step) => System.Console.WriteLine(step);
        }
        """;

    /// <summary>The adapter of <see cref="Specs.Valid"/>, with its calibration.</summary>
    private static string NoraLines { get; } = Specs.Between("  method: nora", "dataset:");

    public static TheoryData<string, string> Choices { get; } = new()
    {
        { "export: {", "export: {" },
        { NoraLines, "  method: lora\n  targets: all-linear\n  rank: 4\n" },
        { NoraLines, "  method: lora_xs\n  targets: all-linear\n  rank: 4\n" },
        { "layers: all", "layers: [0, 4]" },
        { "[q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]", "[v_proj]" },
        { "outer: { rank: 32, init: awsvd, sigma: b }", "outer: { rank: 32, init: random }" },
        { "outer: { rank: 32, init: awsvd, sigma: b }", "outer: { rank: 32, init: svd, sigma: split, svd: exact }" },
        { "statistic: mean_abs, exponent: 0.5, scaling: diagonal", "scaling: covariance" },
        { "source: { path: models/stories260k }",
            "source: { path: models/stories260k }\n  accept_other_shapes: true\n  tokenizer: tokenizer.json" },
        { "preset: stories260k", "preset: llama-3-8b" },
        { "architecture: llama\n  preset: stories260k", "architecture: mistral\n  preset: mistral-7b" },
        { "architecture: llama\n  preset: stories260k", "architecture: gemma\n  preset: gemma-7b" },
        { "train: { path: data/train.jsonl, columns: { prompt: question, response: answer }, limit: 1000 }",
            "train: { generator: Sample.Rows, seed: 7, limit: 100 }" },
        { "  epochs: 2", "  steps: 100" },
        { "- { task: perplexity, path: data/held-out.jsonl, columns: { prompt: question, response: answer } }",
            "- { task: commonsense/piqa, path: piqa.json, decoding: { kind: likelihood } }" },
        { "clip_norm: 1.0", "clip_norm: none" },
        { "kind: cosine", "kind: constant" },
        { "dtype: float32", "dtype: bfloat16" },
        { "peft: true, merged: false", "peft: false, merged: true" },
        { "loss_on: response", "loss_on: all" },
        { "packing: false", "packing: true" },
        { "source: { path: models/stories260k }", "source: { hub: owner/name, revision: v1.0 }" },
        { "source: { path: models/stories260k }", "source: { hub: owner/name }\n  accept_other_shapes: true" },
        { "train: { path: data/train.jsonl,", "train: { hub: owner/data, file: data/train.parquet, split: { held_out: 0.1 }," },
        { "template: metamath", "template: commonsense" },
        { "train: { path: data/train.jsonl,", "train: { hub: owner/data, split: main/train," },
        { "train: { path: data/train.jsonl,", "train: { hub: owner/data, split: { name: train, held_out: 0.1, seed: 2 }," },
        { "train: { path: data/train.jsonl, columns: { prompt: question, response: answer }, limit: 1000 }",
            "train: { generator: Sample.Rows, split: { held_out: 0.1, seed: 3, take: train } }" },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Every_choice_compiles(string piece, string replacement)
    {
        AssertCompiles(Specs.With(piece, replacement));
    }

    [Fact]
    public void Full_training_from_random_weights_compiles() => AssertCompiles(Specs.With(NoraLines, "  method: full\n")
        .Replace("source: { path: models/stories260k }", "source: { random: 1 }\n  tokenizer: tokenizer.json")
            .Replace("peft: true, merged: false", "merged: true"));

    [Fact]
    public void A_classifier_from_a_seed_that_trains_in_full_compiles() => AssertCompiles("""
        pipeline: sample
        model:
          architecture: roberta
          shape: { vocab_size: 300, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 130 }
          source: { random: 3 }
          tokenizer: tokenizer
          dtype: float32
        adapter: { method: full }
        dataset: { train: { path: train.csv }, template: glue, task: mnli, max_tokens: 64 }
        training: { steps: 10, batch: 4, learning_rate: 1e-3, gradient_checkpointing: true }
        evaluation: [{ task: glue/mnli, path: "dev/*.parquet" }]
        export: { peft: false, merged: true }
        """);

    [Fact]
    public void Conversations_of_the_hub_compile() => AssertCompiles("""
        pipeline: sample
        model: { architecture: llama, preset: stories260k, source: { hub: owner/name } }
        adapter: { method: nora, targets: [q_proj], outer: { rank: 32 }, inner: { rank: 16 } }
        dataset: { train: { hub: owner/talks, file: data/train.parquet, revision: v2, columns: { messages: talk } }, template: chat }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation: [{ task: perplexity, hub: owner/talks, file: data/test.jsonl, columns: { messages: talk } }]
        """);

    [Fact]
    public void A_template_of_the_spec_compiles() => AssertCompiles("""
        pipeline: sample
        model: { architecture: llama, preset: stories260k, source: { path: models } }
        adapter: { method: nora, targets: [q_proj], outer: { rank: 32 }, inner: { rank: 16 } }
        dataset: { train: { path: "data/*.csv", split: { held_out: 0.1 } }, template: { prompt: "Q: {question}\nA:", response: " {answer} \"{{}}\"" } }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation: [{ task: exact_match, path: "data/*.csv", split: { held_out: 0.1 } }]
        """);

    [Theory]
    [InlineData("chat")]
    [InlineData("plain")]
    [InlineData("{ prompt: \"Q: {question}\\nA:\", response: \" {answer}\" }")]
    public void Every_task_compiles_with_every_way_of_asking(string template) => AssertCompiles($$"""
        pipeline: sample
        model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
        adapter: { method: lora, targets: [q_proj], rank: 4 }
        dataset: { train: { path: rows.jsonl }, template: {{template}} }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        evaluation:
          - { task: gsm8k, path: gsm8k.jsonl }
          - { task: math, hub: owner/math, file: test.jsonl, decoding: { beams: 2, kind: beams } }
          - { task: exact_match, path: rows.jsonl }
          - { task: commonsense/boolq, path: boolq.json, columns: { prompt: instruction, response: answer } }
          - { task: commonsense/piqa, path: piqa.json, columns: { prompt: instruction, response: answer }, decoding: { kind: likelihood } }
          - { task: perplexity, path: rows.jsonl }
        """);

    [Fact]
    public void Commonsense_sets_are_asked_by_their_evaluation_s_prompt_where_their_frame_is_learnt_and_other_tasks_are_not()
    {
        var run = GeneratorRun.OnSpec("""
            pipeline: sample
            model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
            adapter: { method: lora, targets: [q_proj], rank: 4 }
            dataset: { train: { path: rows.json }, template: commonsense, loss_on: all }
            training: { steps: 10, batch: 4, learning_rate: 1e-3 }
            evaluation:
              - { task: commonsense/boolq, path: boolq.json }
              - { task: exact_match, path: rows.jsonl }
            """);
        run.AssertCompiles();
        var program = run.Source("Sample.g.cs");
        Assert.Contains("model, tokenizer, EvaluationFrame.Commonsense, rows0", program);
        Assert.Contains("model, tokenizer, Template.Commonsense, rows1", program);
    }

    [Fact]
    public void Plain_text_and_no_evaluation_compile() => AssertCompiles("""
        pipeline: sample
        model: { architecture: llama, preset: stories260k, source: { path: models } }
        adapter: { method: nora, targets: [q_proj], outer: { rank: 32 }, inner: { rank: 16 } }
        dataset: { train: { path: stories.txt, separator: "<|endoftext|>" }, template: plain }
        training: { steps: 10, batch: 4, learning_rate: 1e-3 }
        """);

    [Fact]
    public void Texts_in_a_spec_cannot_break_out_of_the_program() => AssertCompiles(Specs.With(
        "description: NoRA on a small model", "description: \"\\\"; } /* </auto-generated> \\n #error */ {0} \\\\ \\u2028\"")
        .Replace("path: data/train.jsonl", "path: 'data/\"quoted\" & <odd> {name}.jsonl'"));

    private static void AssertCompiles(string spec)
    {
        var run = GeneratorRun.OnSpec(spec).EditCode(Rows);
        Assert.Empty(run.Problems);
        run.AssertCompiles();
    }
}
