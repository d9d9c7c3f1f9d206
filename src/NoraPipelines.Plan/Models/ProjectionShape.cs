namespace NoraPipelines.Plans;

/// <summary>
/// A linear projection that an adapter can be placed on: one weight of [Out, In] in each layer of a stack. This is all that is said of it
/// anywhere: a model's loader, the generated program, counts and memory read it here. The same name may stand in several stacks, with
/// other widths.
/// </summary>
/// <param name="Name">As the field writes it, and the spec's `targets`: q_proj, gate_proj, …</param>
public sealed record ProjectionShape(string Name, int Out, int In, LayerStack Stack)
{
    /// <summary>Where it is in its layer, in a checkpoint's names: self_attn.q_proj.</summary>
    public string Place { get; init; } = Name;

    /// <summary>The member of a layer of the library's model that it is: SelfAttention.QProj.</summary>
    public string Member { get; init; } = Name;

    /// <summary>What it reads; projections of a stack with an equal one are given the same tensor, as q, k and v are.</summary>
    public string Input { get; init; } = Name;

    /// <summary>Whether it adds a bias.</summary>
    public bool HasBias { get; init; }

    /// <summary>How often it occurs.</summary>
    public int Layers => Stack.Count;

    /// <summary>The largest rank that a factorisation of this weight can have.</summary>
    public int MaximumRank => Math.Min(Out, In);

    /// <summary>Parameters of one occurrence.</summary>
    public long Parameters => (long)Out * In + (HasBias ? Out : 0);

    /// <summary>Its full name in a checkpoint: model.layers.3.self_attn.q_proj.</summary>
    public string PathOf(int layer) => $"{Stack.PathOf(layer)}.{Place}";

    /// <summary>Whether a spec's target means it: by its name alone, or with its stack's before it: vision.q_proj.</summary>
    public bool IsNamed(string target) => target == Name || target == $"{Stack.Name}.{Name}";
}
