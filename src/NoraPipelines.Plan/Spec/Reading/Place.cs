namespace NoraPipelines.Plans;

/// <summary>A stretch of a spec's text: 1-based lines and columns, and the offsets that the compiler wants.</summary>
public readonly record struct Place(int Line, int Column, int EndLine, int EndColumn, int Offset, int Length)
{
    /// <summary>The first character of the file.</summary>
    public static Place Start { get; } = new(1, 1, 1, 1, 0, 0);
}
