namespace NoraPipelines.Cli.Reporting;

/// <summary>Colours of many lines: eight of the style sheet's, then the same with dashes.</summary>
internal static class SeriesClass
{
    private const string Letters = "abcdefgh";

    public static string Of(int index) => Letters[index % Letters.Length] + (index / Letters.Length % 2 == 1 ? " dash" : "");
}
