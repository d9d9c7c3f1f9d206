namespace NoraPipelines.Tokenization;

/// <summary>A token that is found in the text before anything else looks at it.</summary>
/// <param name="Special">Left out by a decode that skips special tokens.</param>
/// <param name="SingleWord">Found only where no word character touches it.</param>
/// <param name="StripLeft">Takes the white space before it as well.</param>
/// <param name="StripRight">Takes the white space after it as well.</param>
/// <param name="Normalized">Looked for in the normalized text, in normalized form; otherwise in the text as it was given.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    public static AddedToken Read(TokenizerJson json) => Read(json, json.Get("id").AsInt());

    /// <param name="id">Where it does not stand in the object itself.</param>
    public static AddedToken Read(TokenizerJson json, int id) => new(id, json.GetString("content"), json.GetBool("special", false),
        json.GetBool("single_word", false), json.GetBool("lstrip", false), json.GetBool("rstrip", false), json.GetBool("normalized", false));
}
