using System.Text.Json.Nodes;
using NoraPipelines.Data;
using NoraPipelines.Distributed;
using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Training;

/// <summary>A loop as a person writes it by hand: parameters, an optimizer, a session.</summary>
public sealed class TrainingSessionTests : IDisposable
{
    private readonly Tensor _weight = ones(3).requires_grad_(true);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_session_needs_nothing_but_parameters_optimizer_steps_and_seed()
    {
        var seen = new Observer();
        Train(new TrainingOptions { Steps = 4, Seed = 1, Observer = seen });
        Assert.Equal(["begin 0/4", "step 1", "step 2", "step 3", "step 4", "end"], seen.Calls);
        Assert.True(_weight.sum().item<float>() < 3);
    }

    [Fact]
    public void Steps_draw_the_same_numbers_whatever_was_drawn_before()
    {
        float[] Draws(int before)
        {
            using var ignored = rand(before + 1);
            var draws = new List<float>();
            Train(new TrainingOptions { Steps = 3, Seed = 7 }, () => draws.Add(rand(1).item<float>()));
            return [.. draws];
        }

        var first = Draws(0);
        Assert.Equal(3, first.Distinct().Count());
        Assert.Equal(first, Draws(5));
    }

    [Fact]
    public void A_session_goes_on_from_its_checkpoint()
    {
        Assert.Throws<StoppedException>(() => Train(Saved() with { Steps = 4, Stop = new CancellationToken(canceled: true) }));
        var seen = new Observer();
        Train(Saved() with { Steps = 4, Observer = seen });
        Assert.Equal(["begin 1/4", "step 2", "step 3", "step 4", "saved", "end"], seen.Calls);
    }

    [Fact]
    public void A_step_that_was_not_finished_is_refused()
    {
        using var optimizer = new AdamW(Parameters);
        using var training = new TrainingSession(Parameters, optimizer, new TrainingOptions { Steps = 2, Seed = 1 });
        Assert.True(training.BeginStep());
        training.Add(_weight.sum());
        Assert.Contains("call Finish", Assert.Throws<InvalidOperationException>(() => training.BeginStep()).Message);
    }

    [Fact]
    public void Gradients_and_losses_are_those_of_all_processes_and_the_first_one_alone_saves()
    {
        var seen = new Observer();
        Train(Saved() with { Steps = 2, Observer = seen, Processes = new Twins(rank: 1) });
        Assert.Equal(["begin 0/2", "step 1", "step 2", "end"], seen.Calls);
        Assert.Equal([6.0, 6.0], seen.Norms.Select(norm => Math.Round(norm * norm / 2, 3))); // each of three gradients is 2 instead of 1
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        Train(Saved() with { Steps = 2, Processes = new Twins(rank: 0) });
        Assert.NotEmpty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Another_number_of_processes_is_told_when_a_run_goes_on()
    {
        Train(Saved() with { Steps = 2 });
        var said = new List<string>();
        var four = new TrainingCheckpoints(_folder.Path, 2, CheckpointIdentity.Here("plan", 1, processes: 4), said.Add);
        Assert.Equal(2, four.LoadLatest()!.Step);
        Assert.Contains("was made by 1 process, this run has 4 processes", Assert.Single(said));
    }

    public void Dispose()
    {
        _weight.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<NamedTensor> Parameters => [new("weight", _weight)];

    private TrainingOptions Saved() => new()
    {
        Steps = 1,
        Seed = 1,
        Checkpoints = new TrainingCheckpoints(_folder.Path, 2, CheckpointIdentity.Here("plan", 1)),
    };

    private void Train(TrainingOptions options, Action? inStep = null)
    {
        var schedule = new ConstantSchedule(peak: 0.1, options.Steps, warmup: 0);
        using var optimizer = new AdamW(Parameters);
        using var training = new TrainingSession(Parameters, optimizer, options);
        while (training.BeginStep())
        {
            using var scope = NewDisposeScope();
            inStep?.Invoke();
            var loss = _weight.sum();
            loss.backward();
            training.Add(loss);
            training.SumGradients();
            var norm = Gradients.ClipNorm(Parameters, maxNorm: null);
            optimizer.Step(schedule.Rate(training.Step));
            training.Finish(new StepBatch<TextBatch>([], Weight: 1, Tokens: 1, Rows: [0]), norm, schedule);
        }
    }

    private sealed class Observer : ITrainingObserver
    {
        public List<string> Calls { get; } = [];

        public List<double> Norms { get; } = [];

        public JsonObject? State() => null;

        public void Begin(int firstStep, int steps, JsonObject state) => Calls.Add($"begin {firstStep}/{steps}");

        public void Step(StepReport step)
        {
            Calls.Add($"step {step.Step}");
            Norms.Add(step.GradientNorm);
        }

        public void Saved() => Calls.Add("saved");

        public void Dispose() => Calls.Add("end");
    }

    /// <summary>Two processes that do the same.</summary>
    private sealed class Twins(int rank) : IProcessGroup
    {
        public int Rank => rank;

        public int Size => 2;

        public void SumGradients(IReadOnlyList<NamedTensor> parameters)
        {
            using var noGradient = no_grad();
            foreach (var parameter in parameters) parameter.Value.grad!.mul_(2);
        }

        public double Sum(double value) => 2 * value;
    }
}
