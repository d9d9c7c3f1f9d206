namespace NoraPipelines.Cli.CommandLine;

/// <summary>A command line as a message shows it.</summary>
internal static class CommandWords
{
    /// <summary>"Go on with: run quickstart --resume".</summary>
    public static string GoOn(IEnumerable<string> words) => "Go on with: " + string.Join(" ", words.Select(Quoted));

    private static string Quoted(string word) => word.Any(letter => char.IsWhiteSpace(letter) || letter is '"' or '\'' or '$' or '*')
        ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : word;
}
