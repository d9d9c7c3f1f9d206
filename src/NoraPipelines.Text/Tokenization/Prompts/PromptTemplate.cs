namespace NoraPipelines.Tokenization;

/// <summary>A sentence about a class: "a photo of a {}.", its first {} the place of the name.</summary>
public sealed record PromptTemplate
{
    private const string Place = "{}";

    /// <exception cref="TokenizerException">There is no {} in it.</exception>
    public PromptTemplate(string text)
    {
        if (!text.Contains(Place, StringComparison.Ordinal))
            throw new TokenizerException($"The template \"{text}\" has no {Place}; expected one, where the name of the class stands: \"a photo of a {Place}.\".");
        Text = text;
    }

    public string Text { get; }

    /// <summary>The prompt of a class; underscores of its name become spaces, and whatever else it holds, braces too, stays as it is.</summary>
    public string Of(string className)
    {
        var at = Text.IndexOf(Place, StringComparison.Ordinal);
        return string.Concat(Text.AsSpan(0, at), className.Replace('_', ' '), Text.AsSpan(at + Place.Length));
    }
}
