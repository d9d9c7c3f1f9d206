namespace NoraPipelines.Data;

/// <summary>A data file or its rows are not as expected; the message begins with the file and, where there is one, the line.</summary>
public sealed class DataException(string message, Exception? inner = null) : NoraException(message, inner);
