namespace NoraPipelines.Runs;

/// <summary>What was asked for cannot be asked: an unknown pipeline, key or option. Exit code 2.</summary>
public sealed class UsageException(string message) : NoraException(message);
