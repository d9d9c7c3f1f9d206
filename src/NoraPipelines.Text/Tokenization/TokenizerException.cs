namespace NoraPipelines.Tokenization;

/// <summary>
/// A tokenizer that cannot be used, or a text that it cannot work on: a missing or damaged file, a part of the format that is not
/// supported, a pattern that takes too long. The message names the file, what was found, what was expected and what to do.
/// </summary>
public sealed class TokenizerException(string message, Exception? inner = null) : TextException(message, inner);
