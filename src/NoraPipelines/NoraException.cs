namespace NoraPipelines;

/// <summary>
/// A problem that the user can fix. Its message says what was found, what was expected and what to do; the command line prints
/// it alone, without a stack trace, and ends with exit code 1.
/// </summary>
public class NoraException(string message, Exception? inner = null) : Exception(message, inner);
