using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>
/// What a file calls CLIP's tensors, and how it lays them out: Hugging Face's CLIPModel; OpenAI's clip/model.py and open_clip, which stack q, k
/// and v and keep the projections transposed; or open_clip's "custom text" models, with text. before the names of the text tower.
/// </summary>
internal sealed class ClipLayout
{
    // OpenAI's names of what is in a block beside q, k and v.
    private static readonly (string HuggingFace, string OpenAi)[] InBlock =
    [
        ("self_attn.out_proj", "attn.out_proj"), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
    ];

    // Kept in files beside the weights: positions that count from 0, a causal mask, the sizes of an OpenAI model as numbers.
    private static readonly string[] Ignored = ["attn_mask", "text.attn_mask", "input_resolution", "context_length", "vocab_size"];

    private readonly Dictionary<string, (ClipStored Stored, int Part)> _places;

    private ClipLayout(ClipShape shape, IReadOnlyList<ClipStored> tensors)
    {
        Tensors = tensors;
        _places = tensors.SelectMany(stored => stored.Names.Select((name, part) => (name, place: (stored, part)))).ToDictionary(pair => pair.name, pair => pair.place);
        var sizes = ClipTowerWeights.Expected(shape);
        Expected = tensors.ToDictionary(stored => stored.Name, stored => stored.ShapeOf(sizes[stored.Names[0]]));
    }

    /// <summary>In the file.</summary>
    public IReadOnlyList<ClipStored> Tensors { get; }

    /// <summary>The file's names → shapes.</summary>
    public IReadOnlyDictionary<string, long[]> Expected { get; }

    /// <param name="names">All names of the file.</param>
    public static ClipLayout Of(ClipShape shape, IReadOnlyCollection<string> names)
    {
        if (!names.Any(name => name.StartsWith("visual.", StringComparison.Ordinal)))
            return new(shape, [.. ClipTowerWeights.Expected(shape).Keys.Select(name => new ClipStored(name, [name]))]);
        return OpenAi(shape, names.Contains("text.token_embedding.weight") ? "text." : "");
    }

    /// <summary>Whether a tensor may be there without being needed.</summary>
    public static bool Ignorable(string name) => name.EndsWith(".position_ids", StringComparison.Ordinal) || Ignored.Contains(name);

    /// <summary>A tensor by Hugging Face's name; the caller's dispose scope owns it.</summary>
    /// <param name="read">Reads a tensor by the file's name.</param>
    public Tensor Read(string name, Func<string, Tensor> read)
    {
        var (stored, part) = _places[name];
        using var scope = NewDisposeScope();
        return stored.Part(read(stored.Name), part).MoveToOuterDisposeScope();
    }

    /// <param name="text">What stands before the names of the text tower.</param>
    private static ClipLayout OpenAi(ClipShape shape, string text)
    {
        List<ClipStored> tensors =
        [
            new("visual.class_embedding", [ClipNames.Class]),
            new("visual.conv1.weight", [ClipNames.Patches]),
            new("visual.positional_embedding", [ClipNames.VisionPositions]),
            new("visual.proj", [ClipNames.VisionProjection], Transposed: true),
            new($"{text}token_embedding.weight", [ClipNames.Words]),
            new($"{text}positional_embedding", [ClipNames.TextPositions]),
            new($"{text}text_projection", [ClipNames.TextProjection], Transposed: true),
            new("logit_scale", [ClipNames.LogitScale]),
        ];
        AddPair("visual.ln_pre", ClipNames.NormBefore);
        AddPair("visual.ln_post", ClipNames.VisionNorm);
        AddPair($"{text}ln_final", ClipNames.TextNorm);
        foreach (var stack in shape.Projections.Select(projection => projection.Stack).Distinct())
        {
            var prefix = stack.Name == ClipTowerWeights.VisionStack ? "visual." : text;
            for (var layer = 0; layer < stack.Count; layer++)
            {
                var (theirs, ours) = ($"{prefix}transformer.resblocks.{layer}", stack.PathOf(layer));
                foreach (var kind in (string[])["weight", "bias"])
                    tensors.Add(new($"{theirs}.attn.in_proj_{kind}", [.. ((string[])["q", "k", "v"]).Select(name => $"{ours}.self_attn.{name}_proj.{kind}")]));
                foreach (var (huggingFace, openAi) in InBlock) AddPair($"{theirs}.{openAi}", $"{ours}.{huggingFace}");
            }
        }
        return new(shape, tensors);

        void AddPair(string theirs, string ours) =>
            tensors.AddRange([new($"{theirs}.weight", [$"{ours}.weight"]), new($"{theirs}.bias", [$"{ours}.bias"])]);
    }
}
