namespace NoraPipelines.Plans;

/// <summary>The kinds of values that a key takes; several where a key has several forms.</summary>
[Flags]
public enum ValueKinds
{
    Text = 1,
    Whole = 2,
    Number = 4,
    Switch = 8,
    Nothing = 16,
    List = 32,
    Mapping = 64,
}
