namespace NoraPipelines.Methods;

/// <summary>What a method does in each step, at the places where a generated program has a line for it.</summary>
internal sealed record MethodStep : IDisposable
{
    public Action? Before { get; init; }

    /// <summary>When the step's loss has gone backward.</summary>
    public Action? AfterBackward { get; init; }

    /// <summary>After the optimizer, while the gradients are there.</summary>
    public Action? AfterOptimizer { get; init; }

    /// <summary>What it keeps from step to step.</summary>
    public IDisposable? State { get; init; }

    public void Dispose() => State?.Dispose();
}
