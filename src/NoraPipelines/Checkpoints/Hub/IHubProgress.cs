namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Is told how loading goes on; several threads call it.</summary>
public interface IHubProgress
{
    void Say(string text);

    /// <summary>The number of bytes to download, and how many of them are already here.</summary>
    void Begin(int files, long bytes, long present);

    /// <summary>Bytes that came; negative where a file begins anew.</summary>
    void Add(long bytes);
}
