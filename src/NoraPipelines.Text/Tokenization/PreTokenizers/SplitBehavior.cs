namespace NoraPipelines.Tokenization;

/// <summary>What becomes of the matches ("-" in "the-final--countdown"): named as in the file format.</summary>
internal enum SplitBehavior
{
    Removed,            // the final countdown
    Isolated,           // the - final - - countdown
    MergedWithPrevious, // the- final- - countdown
    MergedWithNext,     // the -final - -countdown
    Contiguous,         // the - final -- countdown
}
