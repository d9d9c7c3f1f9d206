namespace NoraPipelines.Plans;

/// <summary>The numbers that fix every tensor of a model; nothing of its values.</summary>
public abstract record ModelShape
{
    public required Architecture Architecture { get; init; }

    /// <summary>The projections that adapters can target, in the order of the forward pass.</summary>
    public abstract EquatableArray<ProjectionShape> Projections { get; }

    /// <summary>All parameters of the model, embeddings and norms included, tied tensors counted once.</summary>
    public abstract long TotalParameters { get; }

    public ProjectionShape? Projection(string name) => Projections.FirstOrDefault(projection => projection.Name == name);
}
