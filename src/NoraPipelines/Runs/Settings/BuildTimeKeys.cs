namespace NoraPipelines.Runs.Settings;

/// <summary>Keys of a spec that decide the shape of the program: changing one takes a build.</summary>
internal static class BuildTimeKeys
{
    private static readonly string[] Exact =
    [
        "pipeline", "description", "model.architecture", "model.preset", "model.config", "model.dtype", "model.source", "model.source.random", "model.source.hub", "model.source.revision",
        "model.accept_other_shapes", "dataset.template", "dataset.task", "dataset.max_tokens", "dataset.packing", "dataset.loss_on",
        "dataset.train.generator", "dataset.train.separator", "dataset.train.hub", "dataset.train.file", "dataset.train.revision", "calibration.scaling",
        "training.schedule.kind", "training.optimizer.kind", "training.optimizer.beta1", "training.optimizer.beta2", "training.optimizer.epsilon",
    ];

    private static readonly string[] Sections = ["adapter", "model.shape", "dataset.train.columns", "dataset.train.split", "dataset.template", "sweep"];

    /// <summary>First words of keys: an environment variable that begins with none of them is no setting.</summary>
    public static readonly IReadOnlyList<string> TopLevel =
        ["model", "adapter", "calibration", "dataset", "training", "evaluation", "export", "sweep", "pipeline", "description"];

    /// <summary>Keys within those sections that shape no program and may be set.</summary>
    private static readonly string[] Settable = ["adapter.inner.std", "adapter.rank_at", "adapter.start.path"];

    public static bool Contains(string key) =>
        !Settable.Contains(key, StringComparer.OrdinalIgnoreCase) && IsBuilt(key);

    private static bool IsBuilt(string key) =>
        Exact.Contains(key, StringComparer.OrdinalIgnoreCase)
        || Sections.Any(section => key.Equals(section, StringComparison.OrdinalIgnoreCase) || key.StartsWith(section + ".", StringComparison.OrdinalIgnoreCase))
        || IsEvaluationKey(key);

    private static bool IsEvaluationKey(string key)
    {
        var parts = key.Split('.');
        return parts.Length >= 3 && parts[0].Equals("evaluation", StringComparison.OrdinalIgnoreCase) && int.TryParse(parts[1], out _)
            && parts[2] is "task" or "columns" or "generator" or "separator" or "hub" or "file" or "revision" or "split" or "decoding";
    }
}
