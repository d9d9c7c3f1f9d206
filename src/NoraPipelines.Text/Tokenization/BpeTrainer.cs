namespace NoraPipelines.Tokenization;

/// <summary>
/// Makes a byte-level BPE vocabulary from texts: every digit its own token, &lt;pad&gt; 0, &lt;s&gt; 1, &lt;/s&gt; 2, then the 256 bytes, then
/// what the most frequent neighbours make. The same texts give the same files, whatever their order.
/// </summary>
public static class BpeTrainer
{
    /// <summary>The special tokens and the bytes: no vocabulary can be smaller.</summary>
    public const int SmallestVocabulary = 3 + 256;

    /// <param name="texts">What the vocabulary is made from; read once.</param>
    /// <param name="vocabularySize">Number of tokens, special ones included.</param>
    /// <param name="tokenizerJsonPath">Where to write; tokenizer_config.json is written beside it.</param>
    /// <exception cref="TokenizerException">The size is too small, or larger than these texts can fill.</exception>
    /// <exception cref="TokenizerException">The files cannot be written.</exception>
    public static void Train(IEnumerable<string> texts, int vocabularySize, string tokenizerJsonPath)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (vocabularySize is < SmallestVocabulary or > Vocabulary.LargestId)
        {
            throw new TokenizerException($"A vocabulary of {vocabularySize} tokens was asked for; expected {SmallestVocabulary} "
                + $"(256 bytes and 3 special tokens) to {Vocabulary.LargestId}. Choose a size in this range.");
        }
        var words = new WordCounts();
        foreach (var text in texts) words.Add(text);
        var vocabulary = new BpeVocabularyBuilder(BpeTokenizerFiles.SpecialTokens);
        new PairMerger(words, vocabulary).MergeUntil(vocabularySize);
        if (vocabulary.Tokens.Count < vocabularySize)
        {
            throw new TokenizerException($"The texts give no more than {vocabulary.Tokens.Count} tokens; {vocabularySize} were asked for. "
                + "Train on more text, or choose a smaller vocabulary.");
        }
        BpeTokenizerFiles.Write(tokenizerJsonPath, vocabulary);
    }
}
