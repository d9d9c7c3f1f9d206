namespace NoraPipelines.Runs;

/// <summary>One thing that a run writes when training has ended. A new one is a class and its line in <see cref="RunExport"/>.</summary>
internal interface IRunExport
{
    /// <summary>Whether this run writes it.</summary>
    bool IsDue(ExportJob job);

    /// <exception cref="NoraException">A value is not finite, or the folder cannot be written.</exception>
    void Write(ExportJob job);
}
