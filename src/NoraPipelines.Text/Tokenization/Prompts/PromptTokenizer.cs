namespace NoraPipelines.Tokenization;

/// <summary>
/// A tokenizer of CLIP's kind with OpenAI's cleaning of texts (clip/simple_tokenizer.py) and its rule of length (clip.tokenize): start token,
/// text, end token, at most as many as the model has positions.
/// </summary>
public sealed class PromptTokenizer
{
    private readonly TextTokenizer _tokenizer;
    private readonly int _start;

    /// <param name="longest">Tokens of the longest prompt, start and end included: 77 in the published models.</param>
    /// <exception cref="TokenizerException">The tokenizer's files name no start or no end token.</exception>
    public PromptTokenizer(TextTokenizer tokenizer, int longest)
    {
        (_tokenizer, Longest) = (tokenizer, longest);
        _start = tokenizer.BeginId ?? throw Missing("start", "<|startoftext|>");
        EndId = tokenizer.EndId ?? throw Missing("end", "<|endoftext|>");

        TokenizerException Missing(string which, string name) => new($"{tokenizer.SourceFolder}: the tokenizer has no {which} token, expected one as {name} of CLIP. "
            + "Copy all of its files from the model's publisher.");
    }

    /// <summary>The token that ends every prompt; the features of a text are read where it first stands.</summary>
    public int EndId { get; }

    public int Longest { get; }

    /// <summary>Ids of a prompt, start and end included, not padded.</summary>
    /// <param name="truncate">A prompt that is too long loses its end, and its last token becomes the end token; otherwise it is an error.</param>
    /// <exception cref="TokenizerException">The prompt is too long.</exception>
    public int[] Encode(string prompt, bool truncate = false)
    {
        var text = _tokenizer.Encode(PromptText.Clean(prompt), addSpecialTokens: false);
        if (text.Length + 2 <= Longest) return [_start, .. text, EndId];
        if (truncate) return [_start, .. text.Take(Longest - 2), EndId];
        throw new TokenizerException($"The prompt \"{Shown(prompt)}\" has {text.Length + 2} tokens with start and end; the model reads at most {Longest}. "
            + "Shorten the template or the name, or let it be cut.");
    }

    private static string Shown(string prompt) => prompt.Length <= 80 ? prompt : prompt[..79] + "…";
}
