namespace NoraPipelines.Checkpoints;

/// <summary>
/// A checkpoint or adapter file that cannot be read, trusted or written. The message names the file, the tensor where there is one,
/// what was found, what was expected, and what to do.
/// </summary>
public sealed class CheckpointException(string message, Exception? inner = null) : NoraException(message, inner);
