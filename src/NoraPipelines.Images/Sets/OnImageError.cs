namespace NoraPipelines.Images;

/// <summary>What becomes of a row whose image cannot be used.</summary>
public enum OnImageError
{
    /// <summary>It is an error, before anything is trained.</summary>
    Stop,

    /// <summary>It is left out and counted.</summary>
    Skip,
}
