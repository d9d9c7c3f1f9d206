namespace NoraPipelines.Training;

/// <summary>The run was asked to stop and has saved what it needs to go on; its message says where and how. Exit code 130.</summary>
public sealed class StoppedException(string message) : NoraException(message);
