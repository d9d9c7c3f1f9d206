using NoraPipelines.Distributed;

namespace NoraPipelines.Training;

/// <summary>What a <see cref="TrainingSession"/> is told beside parameters and optimizer.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer steps of the whole run.</summary>
    public required int Steps { get; init; }

    /// <summary>torch's random numbers of a step are a function of this and of the step.</summary>
    public required int Seed { get; init; }

    /// <summary>Switches dropout: on while the session trains, off when it ends. Null: there is none.</summary>
    public Action<bool>? Dropout { get; init; }

    /// <summary>What the method keeps from step to step; null: nothing.</summary>
    public IMethodState? Method { get; init; }

    /// <summary>Where the training is saved and gone on from; null: it is not.</summary>
    public TrainingCheckpoints? Checkpoints { get; init; }

    /// <summary>Optimizer steps between two checkpoints; 0: only at the end and when stopped.</summary>
    public int CheckpointEverySteps { get; init; }

    /// <summary>Asks the training to stop after the step that it is in.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>What a stopped run's message ends with: how to go on.</summary>
    public string ResumeHint { get; init; } = "";

    /// <summary>Null: nobody follows.</summary>
    public ITrainingObserver? Observer { get; init; }

    /// <summary>The processes that train together.</summary>
    public IProcessGroup Processes { get; init; } = SingleProcess.Instance;
}
