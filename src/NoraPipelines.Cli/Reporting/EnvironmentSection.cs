using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.Reporting;

/// <summary>What the run was computed with.</summary>
internal static class EnvironmentSection
{
    public static string Draw(ReportData data) => Draw(data.Environment, data.Directory.Path, "To run it again: the same commit, settings and seed.");

    public static string Draw(RunEnvironment? known, string folder, string explanation)
    {
        if (known is not { } environment) return "";
        List<(string Name, string? Value)> rows =
        [
            ("Command line", string.Join(" ", environment.CommandLine)),
            ("NoraPipelines", environment.Version),
            (".NET", environment.Dotnet),
            ("TorchSharp, libtorch", $"{environment.TorchSharp}, {environment.Libtorch}"),
            ("Backend, device", $"{environment.Backend}, {environment.Device}{(environment.DeviceSource is { } source ? $" ({source})" : "")}"),
            ("Card", environment.Card),
            ("Threads", $"{environment.Threads} of {environment.Processors} processors"),
            ("Memory", Sizes.Bytes(environment.Memory)),
            ("System", environment.System),
            ("Commit", environment.Commit),
            ("Folder", folder),
        ];
        return Html.Section("Environment", explanation,
            Html.Table(["", ""], rows.Where(row => row.Value is not null).Select(row => (IReadOnlyList<string>)[Html.Text(row.Name), Html.Text(row.Value)]), numbers: false));
    }
}
