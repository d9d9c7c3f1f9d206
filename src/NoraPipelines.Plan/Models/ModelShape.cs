namespace NoraPipelines.Plans;

/// <summary>The numbers that fix every tensor of a model; nothing of its values.</summary>
public abstract record ModelShape
{
    public required Architecture Architecture { get; init; }

    /// <summary>The projections that adapters can target, in the order of the forward pass.</summary>
    public abstract EquatableArray<ProjectionShape> Projections { get; }

    /// <summary>All parameters of the model, embeddings and norms included, tied tensors counted once.</summary>
    public abstract long TotalParameters { get; }

    /// <summary>
    /// Those of <see cref="TotalParameters"/> that a program loads, and full training trains: a published model may have parts that no task
    /// here uses.
    /// </summary>
    internal virtual long LoadedParameters => TotalParameters;

    /// <summary>Tokens of the longest text; null for a model whose data is no text.</summary>
    public abstract int? LongestText { get; }

    /// <summary>Names that a spec's targets can have, each once, in the order of the forward pass.</summary>
    public IEnumerable<string> TargetNames() => Projections.Select(projection => projection.Name).Distinct();

    /// <summary>The projection of a name; of several stacks, the first one's.</summary>
    public ProjectionShape? Projection(string name) => Projections.FirstOrDefault(projection => projection.IsNamed(name));

    /// <summary>The largest number of layers that any stack has.</summary>
    public int DeepestStack() => Projections.Max(projection => projection.Layers);

    /// <summary>Bytes that a training step keeps for its backward pass, at most (<see cref="MemoryEstimate"/>).</summary>
    /// <param name="onGpu">By a GPU's kernels; false: by a CPU's.</param>
    internal abstract long ActivationBytes(PipelinePlan plan, bool onGpu);

    /// <summary>Bytes that one evaluation holds beside weights and adapters, at most (<see cref="EvaluationMemory"/>).</summary>
    internal abstract long EvaluationBytes(PipelinePlan plan, EvaluationPlan evaluation);
}
