namespace NoraPipelines.Models;

/// <summary>An adapter and the projection that it is placed on.</summary>
public sealed record PlacedAdapter(LinearProjection Projection, Adapter Adapter);

/// <summary>The adapters of one model. Owns them; disposing takes them off their projections.</summary>
public sealed class AdapterSet : IDisposable
{
    private readonly List<PlacedAdapter> _items = [];
    private readonly List<ITrainedModule> _modules = [];

    /// <summary>In the order they were added.</summary>
    public IReadOnlyList<PlacedAdapter> Items => _items;

    /// <summary>Modules of the model that train in full beside the adapters.</summary>
    public IReadOnlyList<ITrainedModule> Modules => _modules;

    /// <summary>All parameters that train, named path.parameter: model.layers.0.self_attn.q_proj.inner_a; modules' under their own.</summary>
    public IReadOnlyList<NamedTensor> Trainable { get; private set; } = [];

    /// <summary>
    /// Parameters of the adapters that train, counted on their tensors: the elements of all that need a gradient. What modules have is not
    /// counted (docs/evaluation.md).
    /// </summary>
    public long TrainableCount => TrainableParameters.Count(
        _items.SelectMany(item => item.Adapter.Trainable.Concat(item.Adapter.Frozen).Concat(item.Adapter.Shared)));

    /// <summary>Whether dropout acts, on all of them.</summary>
    public bool Training
    {
        get => _items.Exists(item => item.Adapter.Training) || _modules.Exists(module => module.Training);
        set
        {
            _items.ForEach(item => item.Adapter.Training = value);
            _modules.ForEach(module => module.Training = value);
        }
    }

    /// <summary>An adapter on each projection for which there is one.</summary>
    /// <param name="adapterOf">Null: the projection stays as it is.</param>
    /// <exception cref="NoraException">As <see cref="Add"/>; nothing stays placed.</exception>
    public static AdapterSet On(IAdaptableModel model, Func<LinearProjection, Adapter?> adapterOf)
    {
        var set = new AdapterSet();
        try
        {
            foreach (var projection in model.Projections)
            {
                if (adapterOf(projection) is { } adapter) set.Add(projection, adapter);
            }
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Places an adapter, which the set owns from now on, and the projection's forward uses.</summary>
    /// <exception cref="NoraException">The projection has an adapter already, or another shape; the new one is disposed.</exception>
    public void Add(LinearProjection projection, Adapter adapter)
    {
        try
        {
            CheckPlace(projection, adapter);
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
        projection.Adapter = adapter;
        _items.Add(new PlacedAdapter(projection, adapter));
        Trainable = [.. Trainable, .. adapter.Trainable.Select(p => new NamedTensor($"{projection.Path}.{p.Name}", p.Value))];
    }

    private static void CheckPlace(LinearProjection projection, Adapter adapter)
    {
        if (projection.Adapter is { } present)
        {
            throw new NoraException($"{projection.Path} has a {present.Method} adapter already; dispose its set before adding another.");
        }
        if (projection.OutFeatures != adapter.OutFeatures || projection.InFeatures != adapter.InFeatures)
        {
            throw new NoraException(
                $"{projection.Path} is [{projection.OutFeatures}, {projection.InFeatures}]; the {adapter.Method} adapter is made for " +
                $"[{adapter.OutFeatures}, {adapter.InFeatures}].");
        }
    }

    /// <summary>Holds what was placed against what the program was written for.</summary>
    /// <param name="trainable">Parameters of the adapters that are to train.</param>
    /// <exception cref="NoraException">Others train.</exception>
    public void Expect(long trainable) => TrainableParameters.Expect(TrainableCount, trainable, $"the adapters on {_items.Count} projections");

    /// <summary>Lets a module of the model train; it stays the model's own.</summary>
    public void TrainInFull(ITrainedModule module)
    {
        foreach (var (_, value) in module.Parameters) value.requires_grad_(true);
        _modules.Add(module);
        Trainable = [.. Trainable, .. module.Parameters];
    }

    public void Dispose()
    {
        foreach (var module in _modules)
        {
            module.Training = false;
            foreach (var (_, value) in module.Parameters) value.requires_grad_(false);
        }
        _modules.Clear();
        foreach (var (projection, adapter) in _items)
        {
            projection.Adapter = null;
            adapter.Dispose();
        }
        _items.Clear();
        Trainable = [];
    }
}
