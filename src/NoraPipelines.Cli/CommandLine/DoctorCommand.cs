using System.CommandLine;
using NoraPipelines.Cli.Doctor;
using Spectre.Console;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`doctor`: what would fail, before it does. Exit code 1 where something would.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context)
    {
        var device = CommonOptions.Device();
        var command = new Command("doctor", "Checks backend, libtorch, device, memory and disk") { device, CommonOptions.Json() };
        command.SetAction(parsed => Run(context, parsed.GetValue(device)));
        return command;
    }

    private static int Run(CommandContext context, string? device)
    {
        var backend = Devices.Backend(context.Pipelines.All.Count > 0 ? context.Pipelines.All[0] : null);
        var native = NativeChecks.Run(backend, () => Devices.Choose(backend, device, context.Host.Variables));
        var report = new DoctorReport(
            backend, native.Libtorch, native.Device, native.Loads, MachineChecks.Memory,
            [.. native.Checks, .. MachineChecks.Run(context.Host.CurrentDirectory)]);
        context.Output.Reply(report, view =>
        {
            view.Say($"Backend {report.Backend}, libtorch {report.Libtorch ?? "not loaded"}, device {report.Device ?? "none"}, memory {Sizes.Bytes(report.Memory)}.");
            foreach (var check in report.Checks)
                view.Show(new Markup($"{(check.Ok ? "[green]ok[/]  " : "[red]no[/]  ")}{Markup.Escape($"{check.Name,-9} {check.Detail}")}"));
        });
        return report.Checks.All(check => check.Ok) ? NoraCommandLine.Done : NoraCommandLine.Failed;
    }
}
