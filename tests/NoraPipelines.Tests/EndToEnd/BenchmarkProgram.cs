namespace NoraPipelines.Tests.EndToEnd;

/// <summary>The benchmark as a process.</summary>
internal sealed class BenchmarkProgram : NoraProgram
{
    private const string Name = "NoraPipelines.Benchmarks";

    protected override string Assembly => Path.Combine(Output($"tests/{Name}", $"{Name}.dll"), $"{Name}.dll");
}
