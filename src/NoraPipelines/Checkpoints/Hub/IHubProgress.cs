namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Is told how loading goes on; several threads call it.</summary>
public interface IHubProgress
{
    void Say(string text);

    /// <summary>So many bytes are to be had, of which some are here from before.</summary>
    void Begin(int files, long bytes, long present);

    /// <summary>Bytes that came; negative where a file begins anew.</summary>
    void Add(long bytes);
}
