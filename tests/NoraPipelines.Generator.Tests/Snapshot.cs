using System.Runtime.CompilerServices;

namespace NoraPipelines.Generator.Tests;

/// <summary>
/// Snapshots in the form of the library Verify: X.verified.txt beside the test, X.received.txt where the text differs. Set
/// NORA_ACCEPT_SNAPSHOTS=1 to accept what is received.
/// </summary>
internal static class Snapshot
{
    public static bool Accepting => Environment.GetEnvironmentVariable("NORA_ACCEPT_SNAPSHOTS") == "1";

    /// <summary>Compares with Class.Test[_case].verified.{extension} in the folder of the calling file.</summary>
    public static void Matches(
        string text, string extension = "txt", string? @case = null, [CallerFilePath] string file = "", [CallerMemberName] string test = "")
    {
        var name = Path.GetFileNameWithoutExtension(file) + "." + test + (@case is null ? "" : "_" + @case);
        var stem = Path.Combine(Path.GetDirectoryName(file)!, name);
        Matches(text, $"{stem}.verified.{extension}", $"{stem}.received.{extension}");
    }

    /// <summary>Compares with a file of the repository that is made from the code, such as the schema.</summary>
    public static void IsFile(string text, string path) => Matches(text, path, path + ".received");

    private static void Matches(string text, string verified, string received)
    {
        var expected = File.Exists(verified) ? File.ReadAllText(verified) : null;
        if (expected == text)
        {
            File.Delete(received);
            return;
        }
        if (Accepting)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(verified)!);
            File.WriteAllText(verified, text);
            File.Delete(received);
            return;
        }
        File.WriteAllText(received, text);
        Assert.Fail($"{verified} {(expected is null ? "is missing" : "differs: " + FirstDifference(expected, text))}; the new text is "
            + $"in {received}. "
            + "If it is right, run the tests once with NORA_ACCEPT_SNAPSHOTS=1.");
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i =>
            left.ElementAtOrDefault(i) != right.ElementAtOrDefault(i));
        return $"line {line + 1} was '{left.ElementAtOrDefault(line)}', is '{right.ElementAtOrDefault(line)}'";
    }
}
