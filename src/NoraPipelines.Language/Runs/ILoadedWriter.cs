namespace NoraPipelines.Runs;

/// <summary>A loaded model that may write texts.</summary>
internal interface ILoadedWriter
{
    /// <summary>The model and its tokenizer; null where it reads texts and writes none.</summary>
    TextWriting? Writing { get; }
}
