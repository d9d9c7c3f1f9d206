namespace NoraPipelines.Plans;

/// <summary>How a task's answers are chosen.</summary>
internal sealed class DecodingKeys
{
    public DecodingKeys(
        string path, SpecKey task, Func<PipelinePlan, EvaluationPlan> of, Func<PipelinePlan, DecodingPlan, PipelinePlan> set)
    {
        var blank = new DecodingPlan();
        var part = new KeyPart<DecodingPlan>(path, blank, plan => of(plan).Decoding, set);
        Kind = part.Choice("kind", $"Left out: {TaskProtocols.OwnDecoding(blank.Kind)}; likelihood is for {TaskProtocols.WithOptions} alone.",
                decoding => decoding.Kind, (decoding, kind) => decoding with { Kind = kind })
            .Derived(plan => of(plan).Task.Decoding);
        Stop = For(part.Key("stop", Plans.Kind.Texts, "An answer ends where one of these texts appears; not with beams.",
            decoding => decoding.Stop, (decoding, texts) => decoding with { Stop = texts }) with
        {
            Minimum = 1,
            ItemAt = index => new SpecKey<string>($"{path}.stop.{index}", Plans.Kind.Text, "A text.") { MayBeBlank = Blank.WhiteSpace },
        }, OfLikelihood);
        MinNewTokens = For(part.Whole("min_new_tokens", "The least number of tokens in an answer.",
            decoding => decoding.MinNewTokens, (decoding, tokens) => decoding with { MinNewTokens = tokens }, minimum: 0), OfLikelihood);
        Section = SectionKey.Of(path, "How an answer is chosen; left out: as the task's protocol says.",
            Kind,
            For(part.Whole("beams", "Beams that are followed at once.", decoding => decoding.Beams,
                (decoding, beams) => decoding with { Beams = beams }, minimum: 2, maximum: 256), OfOneText),
            For(part.Number("length_penalty", "A beam scores its log-probability / length^penalty.",
                decoding => decoding.LengthPenalty, (decoding, penalty) => decoding with { LengthPenalty = penalty }), OfOneText),
            For(part.Positive("temperature", "Logits are divided by it before a token is drawn.",
                decoding => decoding.Temperature, (decoding, temperature) => decoding with { Temperature = temperature }), OfNoDraws),
            For(part.WholeOrNone("top_k", "Draw only from the k most probable tokens; left out: from all.",
                decoding => decoding.TopK, (decoding, most) => decoding with { TopK = most }, minimum: 1), OfNoDraws),
            For(part.Positive("top_p", "Draw only from the most probable tokens whose probabilities add up to p.",
                decoding => decoding.TopP, (decoding, share) => decoding with { TopP = share }) with
            { Maximum = 1 }, OfNoDraws),
            For(part.Whole("seed", "Fixes the draws.", decoding => decoding.Seed, (decoding, seed) => decoding with { Seed = seed }, minimum: 0), OfNoDraws),
            MinNewTokens, Stop)
            .WithNoEffect(task, plan => of(plan).Task.IsAsked ? null : $"task {of(plan).Task} generates no text");

        T For<T>(T key, Func<DecodingKind, string?> reason) where T : SpecKey => key.WithNoEffect(Kind, plan => reason(of(plan).Decoding.Kind));
    }

    public SpecKey<DecodingKind> Kind { get; }

    public SpecKey<int> MinNewTokens { get; }

    public SpecKey<EquatableArray<string>> Stop { get; }

    public SectionKey Section { get; }

    /// <summary>Why beams mean nothing.</summary>
    private static string? OfOneText(DecodingKind kind) => kind switch
    {
        DecodingKind.Greedy => "greedy decoding follows one text and draws nothing",
        DecodingKind.Sampling => "sampling follows one text",
        _ => OfLikelihood(kind),
    };

    /// <summary>Why numbers of a draw mean nothing.</summary>
    private static string? OfNoDraws(DecodingKind kind) => kind switch
    {
        DecodingKind.Greedy => "greedy decoding follows one text and draws nothing",
        DecodingKind.Beams => "beams draw nothing",
        _ => OfLikelihood(kind),
    };

    private static string? OfLikelihood(DecodingKind kind) => kind == DecodingKind.Likelihood ? "likelihood writes no text" : null;
}
