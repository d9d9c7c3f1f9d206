namespace NoraPipelines;

/// <summary>
/// A problem with a tokenizer, a chat template or a text that the user can correct. Its message says what was found, what was expected and
/// what to do; a command line prints it alone.
/// </summary>
public abstract class TextException(string message, Exception? inner = null) : Exception(message, inner);
