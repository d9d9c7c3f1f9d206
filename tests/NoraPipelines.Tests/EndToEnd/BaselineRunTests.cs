using System.Text.Json;
using NoraPipelines.Methods;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Shipped;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Every method on the quickstart's data, as processes of one program.</summary>
public sealed class BaselineRunTests(BaselineRunTests.Program program) : IClassFixture<BaselineRunTests.Program>
{
    // A projection is 128×128 here, the feed-forward 512×128: two layers of q_proj, v_proj and down_proj are adapted.
    private const long InAndOut = 2 * (256 + 256 + 640);
    private const long Outs = 2 * (128 + 128 + 128);

    public static TheoryData<string, string, long> Methods { get; } = new()
    {
        { "nora", "outer: { rank: 8 }, inner: { rank: 4 }", 6 * 2 * 8 * 4 },
        { "lora", "rank: 4", 4 * InAndOut },
        { "lora_xs", "rank: 8", 6 * 64 },
        { "rslora", "rank: 4", 4 * InAndOut },
        { "lora_plus", "rank: 4", 4 * InAndOut },
        { "lora_fa", "rank: 4", 4 * Outs },
        { "dora", "rank: 4, alpha: 8", 4 * InAndOut + Outs },
        { "pissa", "rank: 4", 4 * InAndOut },
        { "vera", "rank: 32", 6 * 32 + Outs },
        // 128 = 8·16 and 512 = 16·32.
        { "adalora", "rank: 4, budget: { target_rank: 2, initial_steps: 2, every_steps: 2 }", 4 * InAndOut + 6 * 4 },
        { "dylora", "rank: 4", 4 * InAndOut },
        { "lokr", "rank: 3", 2 * (2 * (8 * 8 + 3 * (16 + 16)) + 8 * 16 + 3 * (16 + 32)) },
    };

    [LinuxTheory]
    [MemberData(nameof(Methods))]
    public void A_method_trains_is_killed_and_resumed_to_the_bit_loads_back_and_merges(string method, string keys, long count)
    {
        Assert.NotEmpty(keys);
        var (whole, cut) = (program.In(method + "-whole"), program.In(method + "-cut"));
        var name = Pipeline(method);
        var run = program.Json("run", name, "--output", whole);
        Assert.Equal(count, run.GetProperty("trainable").GetInt64());
        Assert.Equal(count, program.Planned[name]);

        Assert.True(program.RunUntil(() => Directory.Exists(cut + "/checkpoints/step-000002"), "run", name, "--output", cut));
        program.Json("run", name, "--output", cut, "--resume");
        string[] weights = [.. Directory.GetFiles(whole, "*.safetensors", SearchOption.AllDirectories).Where(file => !file.Contains("checkpoints"))];
        Assert.Contains(whole + "/adapter/adapter_model.safetensors", weights);
        foreach (var file in weights) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(whole, cut)));

        Assert.Contains(AdapterMethods.Of(method).ReplacesPlainLora ? "own form of its method" : "standard LoRA of rank", File.ReadAllText(whole + "/report.html"));

        // Loaded back and folded into the weights, it scores as the run did at its end.
        var merged = program.In(method + "-merged");
        program.Json("merge", name, "--adapter", whole, "--output", merged, "--set", "export.dtype=float32"); // the base is in bfloat16
        var scored = program.Json("evaluate", name, "--set", $"model.source.path={merged}").GetProperty("evaluation").GetProperty("perplexity").GetDouble();
        var (before, after) = (Perplexity(run, "before"), Perplexity(run, "after"));
        Assert.Equal(program.OfTheBase, before, 1e-6 * before); // adapters that have not started change nothing
        Assert.Equal(after, scored, 1e-5 * after);
        Assert.NotEqual(before, after, 1e-4 * before);
        Assert.Equal(BaseModel, File.ReadAllBytes(program.In("model/model.safetensors")));
    }

    [LinuxFact]
    public void Full_training_is_killed_and_resumed_to_the_bit_and_writes_the_model()
    {
        var (whole, cut) = (program.In("full-whole"), program.In("full-cut"));
        var run = program.Json("run", "full", "--output", whole);
        Assert.Equal(program.Planned["full"], run.GetProperty("trainable").GetInt64());
        Assert.Equal(1_115_264, program.Planned["full"]);
        Assert.True(program.RunUntil(() => Directory.Exists(cut + "/checkpoints/step-000002"), "run", "full", "--output", cut));
        program.Json("run", "full", "--output", cut, "--resume");
        Assert.Equal(File.ReadAllBytes(whole + "/merged/model.safetensors"), File.ReadAllBytes(cut + "/merged/model.safetensors"));
        var scored = program.Json("evaluate", "full", "--set", $"model.source.path={whole}/merged").GetProperty("evaluation").GetProperty("perplexity").GetDouble();
        Assert.Equal(Perplexity(run, "after"), scored, 1e-2 * scored); // the model is written in bfloat16
        Assert.NotEqual(Perplexity(run, "before"), scored, 1e-2 * scored);
        Assert.Equal(BaseModel, File.ReadAllBytes(program.In("model/model.safetensors")));
    }

    private static byte[] BaseModel { get; } = File.ReadAllBytes(ShippedFile.Path("base-model/weights/model.safetensors"));

    private static double Perplexity(JsonElement run, string when) => run.GetProperty("evaluation").GetProperty(when).GetProperty("perplexity").GetDouble();

    private static string Pipeline(string method) => method.Replace('_', '-');

    /// <summary>One program of all the specs.</summary>
    public sealed class Program : IDisposable
    {
        private readonly TrialProgram _program;

        public Program()
        {
            var specs = Methods.Select(row => ((string)row[0], Spec((string)row[0], (string)row[1]))).ToArray();
            _program = new TrialProgram(specs[0].Item2,
            [
                ("config.json", File.ReadAllText(ShippedFile.Path("base-model/weights/config.json"))),
                .. specs.Skip(1).Select(spec => (spec.Item1 + ".nora.yaml", spec.Item2)),
                ("full.nora.yaml", Text("full", "method: full", "1e-3") + "\nexport: { merged: true }"),
            ]);
            File.CreateSymbolicLink(In("model"), ShippedFile.Path("base-model/weights"));
            File.Copy(ShippedFile.Path("quickstart/data/train.jsonl"), In("train.jsonl"));
            OfTheBase = Json("evaluate", "lora").GetProperty("evaluation").GetProperty("perplexity").GetDouble();
            Planned = Json("list").EnumerateArray().ToDictionary(
                entry => entry.GetProperty("pipeline").GetString()!, entry => entry.GetProperty("trainable").GetInt64());
        }

        /// <summary>The perplexity without any adapter.</summary>
        public double OfTheBase { get; }

        /// <summary>What trains, as `list` says of each.</summary>
        public Dictionary<string, long> Planned { get; }

        public string In(string name) => _program.In(name);

        public JsonElement Json(params string[] arguments) => _program.Json(arguments);

        public bool RunUntil(Func<bool> now, params string[] arguments) => _program.RunUntil(now, arguments);

        public void Dispose() => _program.Dispose();

        private static string Spec(string method, string keys) =>
            Text(method, $"method: {method}, targets: [q_proj, v_proj, down_proj], layers: {{ first: 2 }}, {keys}", "1e-2");

        private static string Text(string method, string adapter, string rate) => $$"""
            pipeline: {{Pipeline(method)}}
            model: { architecture: llama, config: config.json, source: { path: model }, dtype: float32 }
            adapter: { {{adapter}} }
            dataset: { train: { path: train.jsonl, limit: 32 }, template: plain, max_tokens: 96 }
            training: { steps: 6, batch: 4, learning_rate: {{rate}}, checkpoint: { every_steps: 2 } }
            evaluation: [{ task: perplexity, path: train.jsonl, limit: 8 }]
            """;
    }
}
