using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Training;

public sealed class TrainingCheckpointsTests : IDisposable
{
    private static readonly CheckpointIdentity Identity = new("plan-a", 7, 2);

    private readonly string _folder = Directory.CreateTempSubdirectory("nora-checkpoints-").FullName;
    private readonly List<string> _said = [];

    [Fact]
    public void What_was_saved_comes_back_to_the_bit_with_its_state()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        run.Steps(3);
        var path = Checkpoints().Save(3, run.Trainable, run.Optimizer, new JsonObject { ["tokens"] = 4096 });
        Assert.Equal("step-000003", Path.GetFileName(path));
        Assert.Equal(["optimizer.safetensors", "state.json", "trainable.safetensors"],
            Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file)).Order());

        using var resumed = new Run(seed: 2);
        var state = Checkpoints().LoadLatest()!;
        state.Restore(resumed.Trainable, resumed.Optimizer);
        Assert.Equal(3, state.Step);
        Assert.Equal(4096, (int)state.State["tokens"]!);
        Assert.Equal(3, resumed.Optimizer.StepCount);
        run.Steps(2);
        resumed.Steps(2);
        Assert.Equal(run.Values(), resumed.Values());
        Assert.Empty(_said);
    }

    [Fact]
    public void What_a_method_keeps_comes_back_and_a_damaged_or_missing_file_of_it_is_noticed()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        var kept = new Kept([new NamedTensor("q.kept", tensor(new[] { true, false })), new NamedTensor("q.importance", tensor(new[] { 0.5f, 2f }))]);
        Checkpoints(keep: 3).Save(5, run.Trainable, run.Optimizer, method: kept);
        var path = Checkpoints(keep: 3).Save(10, run.Trainable, run.Optimizer, method: kept);

        var other = new Kept([new NamedTensor("q.kept", tensor(new[] { true, true })), new NamedTensor("q.importance", zeros(2))]);
        Checkpoints().LoadLatest()!.Restore(run.Trainable, run.Optimizer, other);
        Assert.Equal([true, false], other.State[0].Value.data<bool>().ToArray());
        Assert.Equal([0.5f, 2f], other.State[1].Value.data<float>().ToArray());
        var wrong = Assert.Throws<NoraException>(() => Checkpoints().LoadLatest()!.Restore(run.Trainable, run.Optimizer, new Kept([other.State[0]])));
        Assert.Contains("q.importance is not trained here", wrong.Message);

        File.Delete(Path.Combine(path, "method.safetensors"));
        Assert.Equal(5, Checkpoints(keep: 3).LoadLatest()!.Step);
        Assert.Contains("step-000010", Assert.Single(_said));
        Checkpoints(keep: 3).Save(15, run.Trainable, run.Optimizer);
        Assert.Contains("method.safetensors", Assert.Throws<CheckpointException>(
            () => Checkpoints(keep: 3).LoadLatest()!.Restore(run.Trainable, run.Optimizer, other)).Message);
    }

    private sealed record Kept(IReadOnlyList<NamedTensor> State) : IMethodState
    {
        public IReadOnlyDictionary<string, double> Metrics { get; } = new Dictionary<string, double>();
    }

    [Fact]
    public void A_folder_without_checkpoints_has_none()
    {
        Assert.Null(Checkpoints().LoadLatest());
        Directory.Delete(_folder);
        Assert.Null(Checkpoints().LoadLatest());
    }

    [Fact]
    public void Only_the_newest_stay()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        foreach (var step in new[] { 200, 400, 1_000_000, 1_000_200 }) Checkpoints(keep: 2).Save(step, run.Trainable, run.Optimizer);
        Assert.Equal(["step-1000000", "step-1000200"], Entries());
        Assert.Equal(1_000_200, Checkpoints().LoadLatest()!.Step);
    }

    [Theory]
    [InlineData("trainable.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    public void A_checkpoint_with_a_missing_cut_or_altered_file_is_skipped_with_a_word_for_the_previous(string file)
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        foreach (var damage in new Action<string>[] { File.Delete, Cut, Alter })
        {
            Checkpoints(keep: 3).Save(5, run.Trainable, run.Optimizer);
            damage(Path.Combine(Checkpoints(keep: 3).Save(10, run.Trainable, run.Optimizer), file));
            _said.Clear();
            Assert.Equal(5, Checkpoints().LoadLatest()!.Step);
            Assert.Contains("step-000010", Assert.Single(_said));
        }

        static void Cut(string path) => File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);
        static void Alter(string path)
        {
            var bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 1;
            // Half-way through state.json lies a hash, half-way through the others a number: both are still well-formed.
            if (path.EndsWith("json", StringComparison.Ordinal))
                bytes = [.. bytes.Select(letter => letter == (byte)'5' ? (byte)'6' : letter)];
            File.WriteAllBytes(path, bytes);
        }
    }

    [Fact]
    public void A_kill_at_any_moment_of_a_save_leaves_the_previous_checkpoint_to_load()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        var whole = Checkpoints().Save(10, run.Trainable, run.Optimizer);
        string[] written = ["trainable.safetensors", "optimizer.safetensors", "state.json"];
        for (var done = 0; done <= written.Length; done++)
        {
            // What the disk holds when the process dies after `done` files: the hidden folder has them, the next one half.
            var hidden = Path.Combine(_folder, ".step-000015.0123.tmp");
            Directory.CreateDirectory(hidden);
            foreach (var name in written[..done]) File.Copy(Path.Combine(whole, name), Path.Combine(hidden, name));
            if (done < written.Length) File.WriteAllBytes(Path.Combine(hidden, $".{written[done]}.45.tmp"), [1, 2, 3]);
            Assert.Equal(10, Checkpoints().LoadLatest()!.Step);
            Checkpoints().Save(20 + done, run.Trainable, run.Optimizer);
            Assert.False(Directory.Exists(hidden), "the next save clears what a kill left");
            foreach (var later in Directory.EnumerateDirectories(_folder, "step-00002*")) Directory.Delete(later, recursive: true);
            if (!Directory.Exists(whole)) whole = Checkpoints().Save(10, run.Trainable, run.Optimizer);
        }
        Assert.Empty(_said);
    }

    [Fact]
    public void A_damaged_checkpoint_is_replaced_and_a_whole_one_of_the_same_step_is_kept()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        var path = Checkpoints().Save(5, run.Trainable, run.Optimizer);
        var written = File.GetLastWriteTimeUtc(Path.Combine(path, "state.json"));
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(path, "state.json")));
        File.Delete(Path.Combine(path, "state.json"));
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        Assert.Equal(5, Checkpoints().LoadLatest()!.Step);
    }

    [Fact]
    public void Saving_at_an_earlier_step_takes_the_abandoned_later_ones_away()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        foreach (var step in new[] { 10, 20, 30 }) Checkpoints(keep: 3).Save(step, run.Trainable, run.Optimizer);
        Checkpoints(keep: 1).Save(15, run.Trainable, run.Optimizer);
        Assert.Equal(["step-000015"], Entries());
    }

    [Fact]
    public void A_full_disk_names_the_place_and_the_bytes_and_leaves_the_previous_checkpoint()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        var larger = zeros(1).expand(1L << 50);
        NamedTensor[] huge = [new("w", larger)];
        var error = Assert.Throws<NoraException>(() => Checkpoints(keep: 1).Save(10, huge, run.Optimizer));
        Assert.Contains(Path.Combine(_folder, "step-000010"), error.Message);
        Assert.Contains($"it needs {(4L << 50) + 296:N0} bytes", error.Message);
        Assert.Contains("The disk is full", error.Message);
        Assert.Contains($"The previous checkpoint stays: {Path.Combine(_folder, "step-000005")}", error.Message);
        Assert.Equal(["step-000005"], Entries());
        Assert.Equal(5, Checkpoints().LoadLatest()!.Step);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_named()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var checkpoints = new TrainingCheckpoints(Path.Combine(file, "checkpoints"), 2, Identity);
        Assert.Contains(file, Assert.Throws<NoraException>(() => checkpoints.Save(1, run.Trainable, run.Optimizer)).Message);
    }

    [Fact]
    public void Another_plan_or_seed_is_refused_with_both_values_and_another_thread_count_is_mentioned()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        var plan = Assert.Throws<NoraException>(() => Checkpoints(identity: Identity with { Fingerprint = "plan-b" }).LoadLatest());
        Assert.Contains("plan-a", plan.Message);
        Assert.Contains("plan-b", plan.Message);
        var seed = Assert.Throws<NoraException>(() => Checkpoints(identity: Identity with { Seed = 8 }).LoadLatest());
        Assert.Contains("seed 7", seed.Message);
        Assert.Contains("seed 8", seed.Message);
        Assert.Equal(5, Checkpoints(identity: Identity with { Threads = 16 }).LoadLatest()!.Step);
        Assert.Contains("2 torch threads, this run has 16", Assert.Single(_said));
    }

    [Fact]
    public void Other_operators_are_told_with_the_switch_that_goes_on_to_the_bit()
    {
        using var run = new Run(seed: 1);
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        Assert.Equal(5, Checkpoints(identity: Identity with { FusedOperators = !Identity.FusedOperators }).LoadLatest()!.Step);
        Assert.Contains("NORA_INTEROP=off to go on to the bit", Assert.Single(_said));
    }

    [Fact]
    public void A_checkpoint_of_other_adapters_changes_nothing_and_names_what_differs()
    {
        using var scope = NewDisposeScope();
        using var run = new Run(seed: 1);
        Checkpoints().Save(5, run.Trainable, run.Optimizer);
        var other = ones(2, requires_grad: true);
        NamedTensor[] trainable = [new("q.inner_a", other)];
        using var optimizer = new AdamW(trainable);
        var error = Assert.Throws<NoraException>(() => Checkpoints().LoadLatest()!.Restore(trainable, optimizer));
        Assert.Contains("q.inner_a is Float32 [4, 6], expected Float32 [2]", error.Message);
        Assert.Contains("q.inner_b is not trained here", error.Message);
        Assert.Equal([1f, 1f], other.data<float>().ToArray());
    }

    [Fact]
    public void Keeping_no_checkpoint_is_refused() => Assert.Throws<NoraException>(() => Checkpoints(keep: 0));

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private TrainingCheckpoints Checkpoints(int keep = 2, CheckpointIdentity? identity = null) =>
        new(_folder, keep, identity ?? Identity, _said.Add);

    private string[] Entries() => [.. Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order()];

    /// <summary>Two small parameters that are trained on noise which depends on the step alone.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Tensor _a;
        private readonly Tensor _b;

        public Run(int seed)
        {
            manual_seed(seed);
            (_a, _b) = (randn(4, 6).requires_grad_(), randn(6, 2).requires_grad_());
            Trainable = [new("q.inner_a", _a), new("q.inner_b", _b)];
            Optimizer = new AdamW(Trainable, weightDecay: 0.01);
        }

        public NamedTensor[] Trainable { get; }

        public AdamW Optimizer { get; }

        public void Steps(int count)
        {
            for (var step = 0; step < count; step++)
            {
                manual_seed(Seeds.Mix(1, Optimizer.StepCount));
                (_a.matmul(_b) - randn(4, 2)).square().sum().backward();
                Optimizer.Step(0.01);
                Optimizer.ZeroGrad();
            }
        }

        public float[] Values() => [.. _a.data<float>().ToArray(), .. _b.data<float>().ToArray()];

        public void Dispose() => Optimizer.Dispose();
    }
}
