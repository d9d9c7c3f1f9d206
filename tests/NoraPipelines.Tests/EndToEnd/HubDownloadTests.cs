using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Checkpoints.Hub;
using NoraPipelines.Tests.Shipped;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>A program whose model and data are of the hub, as a process, against a server on this machine.</summary>
public sealed class HubDownloadTests : IDisposable
{
    private const string Weights = "model.safetensors";

    private const string Spec = """
        pipeline: sample
        model:
          architecture: llama
          config: config.json
          source: { hub: owner/tiny }
          dtype: float32
        adapter: { method: lora, targets: [q_proj, v_proj], rank: 4 }
        dataset: { train: { hub: owner/rows, file: data/train.jsonl }, template: plain, max_tokens: 96 }
        training: { steps: 3, batch: 4, learning_rate: 1e-3 }
        evaluation: [{ task: perplexity, hub: owner/rows, file: data/test.csv }]
        """;

    private readonly HubServer _server = new();
    private readonly TrialProgram _program = new(Spec, ("config.json", File.ReadAllText(ShippedFile.Path("base-model/weights/config.json"))));
    private readonly byte[] _weights = File.ReadAllBytes(ShippedFile.Path("base-model/weights/" + Weights));

    public HubDownloadTests()
    {
        foreach (var path in Directory.GetFiles(ShippedFile.Path("base-model/weights"))) _server.Files[Path.GetFileName(path)] = File.ReadAllBytes(path);
        _server.Files["data/train.jsonl"] = File.ReadAllBytes(ShippedFile.Path("quickstart/data/train.jsonl"));
        _server.Files["data/test.csv"] = "prompt,response\nTom has 2 pens.,He has 2.\n\"Ann, who has 3 pens\",\"She has\n3.\"\n"u8.ToArray();
        _program.Environment["HF_ENDPOINT"] = _server.Address;
        _program.Environment["HF_HOME"] = _program.In("home");
        _program.Environment["HF_HUB_OFFLINE"] = "";
    }

    private string Cache => _program.In("home/hub/models--owner--tiny");

    private string Blob => Path.Combine(Cache, "blobs", HubServer.Sha256(_weights));

    private string Visible => Path.Combine(Cache, "snapshots", HubServer.Commit, Weights);

    public void Dispose()
    {
        _server.Dispose();
        _program.Dispose();
    }

    [LinuxFact]
    public void A_process_killed_in_the_middle_of_a_file_leaves_nothing_half_and_the_next_one_goes_on()
    {
        const int Stall = 1_000_000;
        using var stalled = new ManualResetEventSlim();
        var starts = new List<int>();
        _server.Misbehave = request =>
        {
            if (!request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            lock (starts) starts.Add(request.RangeStart);
            if (starts.Count > 2) return false;
            // The first two processes get a part each, and wait for the rest until they are killed.
            var rest = _weights[request.RangeStart..];
            if (request.RangeStart == 0) request.Send(200, "OK", "", rest[..Stall], claimed: rest.Length);
            else request.Send(206, "Partial Content", $"Content-Range: bytes {request.RangeStart}-{_weights.Length - 1}/{_weights.Length}\r\n", rest[..(Stall / 2)], claimed: rest.Length);
            stalled.Wait(TimeSpan.FromSeconds(20));
            return true;
        };

        var kept = new List<long>();
        for (var kill = 1; kill <= 2; kill++)
        {
            var enough = (kept.Count == 0 ? 0 : kept[^1]) + 400_000;
            Assert.True(_program.RunUntil(() => Length(Blob + ".incomplete") >= enough, ["run", "sample", "--output", _program.In("run"), .. kill == 1 ? [] : (string[])["--resume"]]));
            kept.Add(Length(Blob + ".incomplete"));
            Assert.False(File.Exists(Blob));
            Assert.False(Path.Exists(Visible));
        }
        stalled.Set();
        var run = _program.Run("run", "sample", "--json", "--output", _program.In("run"), "--resume");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal([0, .. kept], starts.Select(start => (long)start));
        Assert.Equal(_weights, File.ReadAllBytes(Visible));
        Assert.Empty(Directory.GetFiles(_program.In("home"), "*.incomplete", SearchOption.AllDirectories));
        foreach (var path in Directory.GetFiles(_program.In("home/hub/.locks"), "*.lock", SearchOption.AllDirectories))
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            Assert.Equal(0, free.Length);
        }
        Assert.Contains("of which", run.Error);
    }

    [LinuxFact]
    public void A_hub_s_model_is_planned_run_asked_and_merged_and_afterwards_without_a_network()
    {
        Assert.Equal(8_192, _program.Json("plan", "sample").GetProperty("trainable").GetInt64());
        Assert.Empty(_server.Requests);

        var asked = _program.Json("generate", "sample", "--prompt", "Tom has 3 pens.", "--max-tokens", "8");
        Assert.Equal("Tom has 3 pens.", asked.GetProperty("prompt").GetString());
        Assert.InRange(asked.GetProperty("tokens").GetInt32(), 1, 8);
        Assert.Equal(0, _server.Count("/data/"));
        Assert.True(double.IsFinite(_program.Json("run", "sample", "--output", _program.In("run")).GetProperty("evaluation").GetProperty("after").GetProperty("perplexity").GetDouble()));
        Assert.Equal(1, _server.Count($"GET /owner/tiny/resolve/{HubServer.Commit}/{Weights}"));

        var before = _server.Requests.Count;
        _program.Environment["HF_HUB_OFFLINE"] = "1";
        var again = _program.Json("run", "sample", "--output", _program.In("offline"));
        Assert.Equal(File.ReadAllBytes(_program.In("run/adapter/adapter_model.safetensors")), File.ReadAllBytes(_program.In("offline/adapter/adapter_model.safetensors")));
        _program.Json("evaluate", "sample", "--adapter", _program.In("offline/adapter"));
        _program.Json("merge", "sample", "--adapter", _program.In("offline/adapter"), "--output", _program.In("merged"));
        Assert.Equal(before, _server.Requests.Count);
        Assert.True(again.GetProperty("steps").GetInt32() == 3 && File.Exists(_program.In("merged/model.safetensors")));

        _program.Environment["HF_HOME"] = _program.In("empty");
        Assert.Contains("owner/tiny: is not in the cache", _program.Refusal("generate", "sample", "--prompt", "x"));
        Assert.Equal(before, _server.Requests.Count);
    }

    [LinuxFact]
    public void Splits_of_the_hub_are_all_their_files_also_offline_and_one_that_is_not_there_is_answered_with_what_is()
    {
        _server.Files.Remove("data/train.jsonl");
        _server.Files["data/train-00000-of-00002.jsonl"] = "{\"prompt\":\"1 + 1 =\",\"response\":\" 2\"}\n{\"prompt\":\"1 + 2 =\",\"response\":\" 3\"}\n"u8.ToArray();
        _server.Files["data/train-00001-of-00002.jsonl"] = "{\"prompt\":\"2 + 2 =\",\"response\":\" 4\"}\n{\"prompt\":\"2 + 3 =\",\"response\":\" 5\"}\n"u8.ToArray();
        using var program = Program(Spec.Replace("file: data/train.jsonl", "split: train").Replace("file: data/test.csv", "split: test"));

        var run = program.Run("run", "sample", "--json", "--output", program.In("run"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("owner/rows, train: 2 files", run.Error);
        Assert.Equal(4, program.Json("plan", "sample").GetProperty("steps").GetInt32() + 1);
        var before = _server.Requests.Count;
        program.Environment["HF_HUB_OFFLINE"] = "1";
        program.Json("run", "sample", "--output", program.In("offline"));
        Assert.Equal(before, _server.Requests.Count);

        using var other = Program(Spec.Replace("file: data/train.jsonl", "split: validation"));
        var message = other.Refusal("run", "sample", "--output", other.In("run"));
        Assert.Contains("no file's name says that it is of the split 'validation'. It holds: ", message);
        Assert.Contains("data/test.csv, data/train-00000-of-00002.jsonl", message);
    }

    private TrialProgram Program(string spec)
    {
        var program = new TrialProgram(spec, ("config.json", File.ReadAllText(ShippedFile.Path("base-model/weights/config.json"))));
        foreach (var (name, value) in _program.Environment) program.Environment[name] = value;
        return program;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
