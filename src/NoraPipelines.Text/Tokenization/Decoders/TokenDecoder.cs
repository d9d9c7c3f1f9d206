namespace NoraPipelines.Tokenization;

/// <summary>A step from tokens back to text: rewrites the list of texts, which are put together after the last step.</summary>
internal abstract class TokenDecoder
{
    public abstract List<string> Decode(List<string> tokens);
}
