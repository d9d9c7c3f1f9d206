namespace NoraPipelines.Plans;

/// <summary>What the weights of a merged model are written in.</summary>
public enum ExportDtype
{
    /// <summary>That of the base model's files; the model's own where it began at random.</summary>
    Base,
    Float32,
    BFloat16,
    Float16,
}
