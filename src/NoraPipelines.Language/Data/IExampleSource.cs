namespace NoraPipelines.Data;

/// <summary>A project's own data generator, which a spec names by its class. It needs a public constructor without parameters.</summary>
public interface IExampleSource
{
    /// <summary>The rows, the same for the same seed on every machine. May be endless where the spec gives a limit.</summary>
    IEnumerable<Example> Examples(int seed);
}
