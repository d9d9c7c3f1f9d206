namespace NoraPipelines.Tests.Shipped;

/// <summary>
/// A file of pipelines/ that the project makes from its own code. The tests compare it with what the code makes now; with
/// NORA_WRITE_SHIPPED=1 they write it.
/// </summary>
internal static class ShippedFile
{
    private static bool Writes => Environment.GetEnvironmentVariable("NORA_WRITE_SHIPPED") == "1";

    /// <summary>Absolute path of a file or folder below pipelines/ of this repository.</summary>
    public static string Path(string relative) => Repository.Path(System.IO.Path.Combine("pipelines", relative));

    public static void AssertIs(string relative, string made)
    {
        if (Writes) File.WriteAllText(Path(relative), made);
        var found = File.ReadAllText(Path(relative)).Split('\n');
        var expected = made.Split('\n');
        for (var line = 0; line < Math.Min(found.Length, expected.Length); line++)
        {
            Assert.True(found[line] == expected[line],
                $"{relative}({line + 1}) holds\n  {found[line]}\nbut the code makes\n  {expected[line]}\nset NORA_WRITE_SHIPPED=1 and run the test to write the file.");
        }
        Assert.Equal(expected.Length, found.Length);
    }
}
