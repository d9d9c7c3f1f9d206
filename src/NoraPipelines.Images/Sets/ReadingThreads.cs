namespace NoraPipelines.Images;

/// <summary>How many images are decoded at once: the other cores are for the model, and each may hold a large picture.</summary>
internal static class ReadingThreads
{
    private const int Most = 8;

    public static int Usual => Math.Clamp(Environment.ProcessorCount / 2, 1, Most);
}
