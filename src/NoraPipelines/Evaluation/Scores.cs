using System.Text.Json.Serialization;

namespace NoraPipelines.Evaluation;

/// <summary>What an evaluation found: metric → value.</summary>
/// <param name="Values">perplexity, loss, exact_match …; with the task before them ("gsm8k.exact_match") where there are several.</param>
public sealed record Scores(
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Name and version of the protocol that was followed (docs/evaluation.md); several are joined by ", ".</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Nothing was evaluated.</summary>
    public static Scores None { get; } = new(new Dictionary<string, double>());

    public double this[string metric] => Values[metric];

    /// <summary>One result of several tasks. Each metric is prefixed by its task unless there is one task only.</summary>
    /// <exception cref="ArgumentException">Two tasks have one name.</exception>
    public static Scores Combine(params IReadOnlyList<(string Task, Scores Scores)> tasks)
    {
        if (tasks.Count == 1) return tasks[0].Scores;
        var values = new Dictionary<string, double>();
        foreach (var (task, scores) in tasks)
        {
            foreach (var (metric, value) in scores.Values) values.Add($"{task}.{metric}", value);
        }
        return new Scores(values) { Protocol = string.Join(", ", tasks.Select(task => task.Scores.Protocol).Distinct()) };
    }

    /// <summary>These scores and the unweighted mean of some of them under a name of its own.</summary>
    public Scores WithAverage(string name, params IReadOnlyList<string> metrics) =>
        this with { Values = new Dictionary<string, double>(Values) { [name] = metrics.Average(metric => Values[metric]) } };

    public bool Equals(Scores? other) =>
        other is not null && Protocol == other.Protocol && Values.Count == other.Values.Count &&
        Values.All(pair => other.Values.TryGetValue(pair.Key, out var value) && value.Equals(pair.Value));

    public override int GetHashCode() => HashCode.Combine(Protocol, Values.Count);
}
