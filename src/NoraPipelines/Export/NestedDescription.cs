using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>nested.json: what the tensors beside it are.</summary>
internal sealed record NestedDescription(string BaseModel, IReadOnlyList<NestedModule> Modules)
{
    private const string Format = "nora-nested";
    private const int Version = 1;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static NestedDescription Of(string baseModel, IEnumerable<(string Path, OuterPairAdapter Adapter)> adapters) =>
        new(baseModel, [.. adapters.Select(item => new NestedModule(
            item.Path, item.Adapter.OutFeatures, item.Adapter.InFeatures, item.Adapter.OuterRank, item.Adapter.InnerRank,
            item.Adapter.Scale * item.Adapter.OuterRank, item.Adapter.Dropout)
        {
            Structure = item.Adapter.NestedStructure,
        })]);

    public string ToJson() => new JsonObject
    {
        ["format"] = Format,
        ["version"] = Version,
        ["base_model"] = BaseModel,
        ["projections"] = new JsonArray([.. Modules.Select(Json)]),
    }.ToJsonString(Indented) + "\n";

    private static JsonObject Json(NestedModule module)
    {
        var json = new JsonObject
        {
            ["path"] = module.Path,
            ["out"] = module.Out,
            ["in"] = module.In,
            ["outer_rank"] = module.OuterRank,
            ["inner_rank"] = module.InnerRank,
            ["alpha"] = module.Alpha,
            ["dropout"] = module.Dropout,
        };
        if (module.Structure is not { } structure) return json;
        json["structure"] = Words.Of(structure.Kind);
        json["position"] = Words.Of(structure.Position);
        json["outer_trainable"] = structure.TrainsOuter;
        return json;
    }

    /// <exception cref="CheckpointException">The file is malformed, of another version, or holds numbers out of their bounds.</exception>
    public static NestedDescription Read(string path)
    {
        var json = JsonFile.Read(path);
        try
        {
            if (json.GetProperty("format").GetString() != Format || json.GetProperty("version").GetInt32() != Version)
                throw Error("is of another kind or version");
            NestedModule[] modules = [.. json.GetProperty("projections").EnumerateArray().Select(Module)];
            if (modules.Length == 0) throw Error("lists no projection");
            if (modules.GroupBy(module => module.Path, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw Error($"lists {twice.Key} twice");
            return new NestedDescription(json.GetProperty("base_model").GetString() ?? "", modules);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Error($"lacks a key, or has one of another type ({e.Message})");
        }

        NestedModule Module(JsonElement entry)
        {
            var module = new NestedModule(
                entry.GetProperty("path").GetString() ?? "",
                entry.GetProperty("out").GetInt32(),
                entry.GetProperty("in").GetInt32(),
                entry.GetProperty("outer_rank").GetInt32(),
                entry.GetProperty("inner_rank") is { ValueKind: not JsonValueKind.Null } rank ? rank.GetInt32() : null,
                entry.GetProperty("alpha").GetDouble(),
                entry.GetProperty("dropout").GetDouble())
            {
                Structure = entry.TryGetProperty("structure", out var kind) ? Structure(kind, entry) : null,
            };
            if (module.Out < 1 || module.In < 1 || module.OuterRank < 1 || module.OuterRank > Math.Min(module.Out, module.In)
                || module.InnerRank < 1 || (module.Structure is { } structure && (structure.Kind == InnerStructure.Adapter) != (module.InnerRank is null))
                || !double.IsFinite(module.Alpha) || module.Dropout is not (>= 0 and < 1))
            {
                throw Error($"has numbers out of their bounds for {module.Path}: {entry.GetRawText()}");
            }
            return module;
        }

        NestedStructure Structure(JsonElement kind, JsonElement entry)
        {
            var position = entry.GetProperty("position").GetString() ?? "";
            return new NestedStructure(
                Words.Parse<InnerStructure>(kind.GetString() ?? "") ?? throw Error($"has the unknown structure {kind.GetRawText()}"),
                Words.Parse<InnerPosition>(position) ?? throw Error($"has the unknown position '{position}'"),
                entry.GetProperty("outer_trainable").GetBoolean());
        }

        CheckpointException Error(string found) =>
            new($"{path}: {found}; expected '{Format}', version {Version}, as the export writes it. Export the adapter again.");
    }
}
