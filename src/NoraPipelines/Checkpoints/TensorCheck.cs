using System.Text;

namespace NoraPipelines.Checkpoints;

/// <summary>Compares the tensors that are there with those that are needed.</summary>
internal static class TensorCheck
{
    // A checkpoint of another model differs in every tensor; the first of each kind tell which.
    private const int MostNamed = 50;

    /// <param name="remedy">What the user can do.</param>
    /// <exception cref="CheckpointException">One message for all differences.</exception>
    public static void Run(
        string folder, IEnumerable<TensorEntry> found, IReadOnlyDictionary<string, long[]> expected, Func<string, bool> ignorable,
        string remedy)
    {
        var there = found.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        string[] wrong =
        [
            .. from pair in expected
               where there.TryGetValue(pair.Key, out var entry) && !entry.Shape.SequenceEqual(pair.Value)
               orderby pair.Key
               select $"{pair.Key} is {there[pair.Key].Shape}, expected {SafetensorsLayout.Text(pair.Value)}",
        ];
        string[] missing =
        [
            .. expected.Where(pair => !there.ContainsKey(pair.Key))
                .Select(pair => $"{pair.Key} {SafetensorsLayout.Text(pair.Value)}").Order(StringComparer.Ordinal),
        ];
        string[] unexpected =
        [
            .. there.Values.Where(entry => !expected.ContainsKey(entry.Name) && !ignorable(entry.Name))
                .Select(entry => $"{entry.Name} {entry.Shape}").Order(StringComparer.Ordinal),
        ];
        if (wrong.Length + missing.Length + unexpected.Length == 0) return;
        var message = new StringBuilder($"{folder}: its tensors are not those that are needed: ")
            .Append($"{wrong.Length} of another shape, {missing.Length} missing, {unexpected.Length} unexpected.");
        Append(message, "of another shape", wrong);
        Append(message, "missing", missing);
        Append(message, "unexpected", unexpected);
        message.AppendLine().Append(remedy);
        throw new CheckpointException(message.ToString());
    }

    private static void Append(StringBuilder message, string kind, string[] lines)
    {
        foreach (var line in lines.Take(MostNamed)) message.AppendLine().Append($"  {kind}: {line}");
        if (lines.Length > MostNamed) message.AppendLine().Append($"  {kind}: and {lines.Length - MostNamed} more");
    }
}
