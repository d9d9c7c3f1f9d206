using System.Diagnostics;
using System.Text.Json;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>The shipped program as a process of its own, in a folder of its own.</summary>
internal class NoraProgram : IDisposable
{
    // A quickstart of a few seconds: every part of a run, little of each.
    private static readonly string[] Short =
    [
        "--set", "training.steps=12", "--set", "training.batch=8", "--set", "training.micro_batch=4", "--set", "training.checkpoint.every_steps=3",
        "--set", "dataset.train.limit=64", "--set", "calibration.samples=16", "--set", "evaluation.0.limit=8",
    ];

    public string Folder { get; } = Directory.CreateTempSubdirectory("nora-end-to-end-").FullName;

    /// <summary>Variables of the processes that are started; null: not set.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>What the process reads as its input; null: nothing is piped in.</summary>
    public string? Input { get; set; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string In(string name) => Path.Combine(Folder, name);

    /// <summary>Runs to the end; the outputs and the exit code.</summary>
    public ProgramResult Run(params string[] arguments)
    {
        using var process = Start(arguments);
        if (Input is not null)
        {
            process.StandardInput.Write(Input);
            process.StandardInput.Close();
        }
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramResult(process.ExitCode, output, error.Result);
    }

    /// <summary>A short quickstart into a folder below <see cref="Folder"/>.</summary>
    public string[] Quickstart(string output, params string[] more) => ["run", "quickstart", "--json", "--output", In(output), .. Short, .. more];

    /// <summary>Starts it and kills it, with SIGKILL, when <paramref name="now"/> says so or at its end.</summary>
    /// <returns>Whether it was killed.</returns>
    public bool RunUntil(Func<bool> now, params string[] arguments) => RunUntil(_ => now(), arguments);

    /// <param name="now">Is given the number of the process.</param>
    public bool RunUntil(Func<int, bool> now, params string[] arguments)
    {
        using var process = Start(arguments);
        _ = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        while (!process.HasExited && !now(process.Id)) Thread.Sleep(5);
        if (process.HasExited) return false;
        process.Kill();
        process.WaitForExit();
        return true;
    }

    private Process Start(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = Input is not null,
        };
        start.ArgumentList.Add(Assembly);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1"; // other tests use the other core
        start.Environment["NO_COLOR"] = "1";
        foreach (var (name, value) in Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    /// <summary>The program that is started.</summary>
    protected virtual string Assembly => Path.Combine(Built, "nora.dll");

    /// <summary>The folder that the shipped program was built into.</summary>
    protected static string Built => Output("pipelines", "nora.dll");

    /// <summary>The folder that another project of the solution was built into, in this configuration.</summary>
    protected static string Output(string project, string assembly)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory); // tests/NoraPipelines.Tests/bin/<configuration>/net10.0
        var path = Path.GetFullPath(Path.Combine(own.FullName, "../../../../..", project, "bin", own.Parent!.Name, "net10.0"));
        return File.Exists(Path.Combine(path, assembly)) ? path : throw new FileNotFoundException($"{path}: build the project {project} first.");
    }
}

/// <summary>How a process ended.</summary>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The one JSON document of --json.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}
