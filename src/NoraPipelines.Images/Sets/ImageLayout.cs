namespace NoraPipelines.Images;

/// <summary>How a folder says which image shows what.</summary>
public enum ImageLayout
{
    /// <summary>A split file where there is one, otherwise folders.</summary>
    Auto,

    /// <summary>split_zhou_….json.</summary>
    SplitFile,

    /// <summary>A folder for each class.</summary>
    Folders,
}
