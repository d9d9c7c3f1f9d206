namespace NoraPipelines.Runs;

/// <summary>A command line as a message shows it: what is copied from there does the same in a shell.</summary>
internal static class CommandWords
{
    /// <summary>"Go on with: run quickstart --resume".</summary>
    public static string GoOn(IEnumerable<string> words) => "Go on with: " + string.Join(" ", words.Select(Quoted));

    private static string Quoted(string word) => word.Length > 0 && word.All(letter => char.IsLetterOrDigit(letter) || "-_./=:,+@%".Contains(letter))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
