using System.Text.Json;

namespace NoraPipelines.Cli.Reporting;

/// <summary>A line of a predictions file, as far as a report shows it.</summary>
internal sealed record ShownPrediction(string Task, string Prompt, string Output, string Gold, string Verdict)
{
    /// <summary>The first predictions of every task after training (before, where there is no after), and the same rows before it.</summary>
    public static IReadOnlyList<(ShownPrediction? Before, ShownPrediction After)> Sample(RunDirectory directory, int each)
    {
        if (!Directory.Exists(directory.PredictionsFolder)) return [];
        var samples = new List<(ShownPrediction?, ShownPrediction)>();
        foreach (var file in Directory.GetFiles(directory.PredictionsFolder, "evaluate-after.*.jsonl").Order(StringComparer.Ordinal))
        {
            var before = Read(Path.Combine(directory.PredictionsFolder, "evaluate-before" + Path.GetFileName(file)["evaluate-after".Length..]), each);
            var after = Read(file, each);
            samples.AddRange(after.Select((prediction, row) => (row < before.Count ? before[row] : null, prediction)));
        }
        return samples;
    }

    private static List<ShownPrediction> Read(string path, int count)
    {
        var found = new List<ShownPrediction>();
        if (!File.Exists(path)) return found;
        var task = Path.GetFileName(path).Split('.')[1];
        foreach (var line in File.ReadLines(path).Take(count))
        {
            try
            {
                using var document = JsonDocument.Parse(line);
                found.Add(new ShownPrediction(task,
                    Of(document, "prompt", "text"), Of(document, "output", "predicted"), Of(document, "gold", "label"), Of(document, "verdict")));
            }
            catch (JsonException)
            {
                break; // a last line that was cut short
            }
        }
        return found;
    }

    /// <summary>The first of the names that is there: a classifier's predictions have others.</summary>
    private static string Of(JsonDocument document, params string[] names)
    {
        if (document.RootElement.ValueKind != JsonValueKind.Object) return "";
        foreach (var name in names)
            if (document.RootElement.TryGetProperty(name, out var value)) return value.ToString();
        return "";
    }
}
