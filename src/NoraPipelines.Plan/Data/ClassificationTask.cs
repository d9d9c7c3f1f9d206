namespace NoraPipelines.Plans;

/// <summary>What a classifier reads of a row and what it says.</summary>
public sealed record ClassificationTask
{
    /// <summary>Names of the first text's column: of GLUE's own files, and of the `glue` data set on the hub.</summary>
    public required EquatableArray<string> First { get; init; }

    /// <summary>Names of the second text's column; empty where a row is one text.</summary>
    public EquatableArray<string> Second { get; init; }

    public EquatableArray<string> Label { get; init; } = EquatableArray.Of("label");

    /// <summary>The classes in the order of their numbers; empty in a regression.</summary>
    public EquatableArray<string> Classes { get; init; }

    /// <summary>Whether the label is a number and not a class.</summary>
    public bool IsRegression => Classes.Count == 0;

    /// <summary>Outputs of the model's head.</summary>
    public int Outputs => IsRegression ? 1 : Classes.Count;
}
