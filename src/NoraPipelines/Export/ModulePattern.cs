using System.Text.RegularExpressions;
using NoraPipelines.Checkpoints;

namespace NoraPipelines.Export;

/// <summary>
/// A pattern of adapter_config.json, which may be hostile: matched in time linear in the name where the pattern allows it, and with a
/// limit of time where it looks around.
/// </summary>
internal sealed class ModulePattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Func<string, CheckpointException> _error;
    private readonly Regex _pattern;

    /// <param name="pattern">As Python's re has it; it must match a whole name.</param>
    /// <param name="key">Of the config, for messages.</param>
    /// <param name="text">As the file has it; null: <paramref name="pattern"/>.</param>
    /// <exception cref="CheckpointException">It is no pattern.</exception>
    public ModulePattern(string path, string key, string pattern, string? text = null)
    {
        (Key, Text) = (key, text ?? pattern);
        _error = problem => new CheckpointException($"{path}: '{key}' holds a pattern that cannot be used: {problem} "
            + "Write it with the modules' plain names.");
        var own = $@"\A(?:{pattern.Replace("(?P<", "(?<", StringComparison.Ordinal)})\z";
        try
        {
            _pattern = Linear(own) ?? new Regex(own, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw _error(e.Message);
        }
    }

    /// <summary>Of the config.</summary>
    public string Key { get; }

    /// <summary>As the file has it.</summary>
    public string Text { get; }

    /// <exception cref="CheckpointException">The pattern takes too long.</exception>
    public bool IsMatch(string module) => Number(module) is not null;

    /// <summary>What the pattern's first group found; "" where it has none; null where it does not match.</summary>
    /// <exception cref="CheckpointException">The pattern takes too long.</exception>
    public string? Number(string module)
    {
        try
        {
            return _pattern.Match(module) is { Success: true } match ? match.Groups[1].Value : null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw _error($"it takes longer than {Patience.TotalSeconds} s on '{(module.Length > 80 ? module[..80] : module)}'.");
        }
    }

    private static Regex? Linear(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}
