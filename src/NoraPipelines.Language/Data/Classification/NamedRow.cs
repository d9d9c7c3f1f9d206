namespace NoraPipelines.Data;

/// <summary>A row of a table as texts by their columns' names, and where it stands.</summary>
internal sealed record NamedRow(Row Row, IReadOnlyDictionary<string, string> Columns);
