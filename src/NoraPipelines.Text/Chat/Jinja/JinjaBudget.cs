using System.Runtime.CompilerServices;

namespace NoraPipelines.Chat.Jinja;

/// <summary>
/// What one rendering may spend, so that a template from somewhere ends in bounded time and memory: published templates take some
/// hundred steps a message.
/// </summary>
internal sealed class JinjaBudget
{
    internal const int MostSteps = 2_000_000;
    internal const long MostCharacters = 256L << 20;

    /// <summary>Longest list that a template can make.</summary>
    internal const int MostItems = 1_000_000;

    private int _steps;
    private long _characters;

    public void Step()
    {
        if (++_steps > MostSteps) throw new JinjaException($"the template does not end: {MostSteps:N0} steps were taken.");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new JinjaException("an expression is nested too deep.");
    }

    public string Text(string text)
    {
        Characters(text.Length);
        return text;
    }

    /// <summary>Called before a text of this length is made.</summary>
    public void Characters(long count)
    {
        _characters += count;
        if (_characters > MostCharacters) throw new JinjaException($"the template makes more than {MostCharacters >> 20} Mi characters of text.");
    }
}
