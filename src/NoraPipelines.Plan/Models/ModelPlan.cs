namespace NoraPipelines.Plans;

/// <summary>Which model, where its weights come from and how they are held.</summary>
public sealed record ModelPlan
{
    public required ModelShape Shape { get; init; }

    /// <summary>The catalogue's name, the config.json's path or "shape": where <see cref="Shape"/> came from, for messages.</summary>
    public required string ShapeSource { get; init; }

    public required ModelSource Source { get; init; }

    /// <summary>The tokenizer's file or folder; null: beside the weights.</summary>
    public string? Tokenizer { get; init; }

    public WeightType Dtype { get; init; } = WeightType.BFloat16;

    /// <summary>Bytes of one value of the weights.</summary>
    internal int BytesPerValue => Dtype == WeightType.Float32 ? 4 : 2;

    /// <summary>Whether the checkpoint's own config.json may replace the planned shape at run time.</summary>
    public bool AcceptOtherShapes { get; init; }
}

/// <summary>Where weights come from.</summary>
public abstract record ModelSource
{
    private ModelSource()
    {
    }

    /// <summary>A folder with config.json, *.safetensors and the tokenizer, relative to the spec's folder.</summary>
    public sealed record Folder(string Path) : ModelSource;

    /// <summary>A repository of the Hugging Face hub, owner/name, at a branch, tag or commit.</summary>
    public sealed record Hub(string Repository, string Revision) : ModelSource;

    /// <summary>Random weights, N(0, 0.02²) and ones for norms, drawn from the seed: a model trained from nothing.</summary>
    public sealed record Random(int Seed) : ModelSource;
}

/// <summary>The dtype that the frozen base model is held in.</summary>
public enum WeightType
{
    Float32,
    BFloat16,
}
