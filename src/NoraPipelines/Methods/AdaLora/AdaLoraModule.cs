using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>The tensors of one module in an AdaLoRA's file: lora_A [kept, in], lora_E [kept, 1], lora_B [out, kept].</summary>
internal sealed record AdaLoraModule(string Path, int Out, int In, int Rank)
{
    private const string Prefix = "base_model.model.";

    /// <summary>By module, of shapes that fit together and to the config.</summary>
    /// <exception cref="CheckpointException">They do not.</exception>
    public static IReadOnlyDictionary<string, AdaLoraModule> Read(SafetensorsFile file, AdaLoraConfig config)
    {
        var modules = new SortedDictionary<string, AdaLoraModule>(StringComparer.Ordinal);
        foreach (var name in file.Tensors.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(".lora_A", StringComparison.Ordinal)))
        {
            var path = name[Prefix.Length..^".lora_A".Length];
            var (q, e, p) = (file.Tensors[name], Entry(file, path, "lora_E"), Entry(file, path, "lora_B"));
            var rank = config.RankOf(path, file.Path);
            var fits = q.Shape.Count == 2 && e.Shape.Count == 2 && p.Shape.Count == 2 && q.Shape[0] == rank && e.Shape[0] == rank && e.Shape[1] == 1
                && p.Shape[1] == rank && q.Shape[1] is > 0 and <= int.MaxValue && p.Shape[0] is > 0 and <= int.MaxValue;
            if (!fits)
            {
                throw new CheckpointException($"{file.Path}: module '{path}' has lora_A {q.Shape}, lora_E {e.Shape} and lora_B {p.Shape}, expected "
                    + $"[{rank}, in], [{rank}, 1] and [out, {rank}], as {AdapterFiles.PeftConfig} keeps {rank} of its ranks. The two files are not from one adapter.");
            }
            if (!config.Targets.Contains(path))
            {
                throw new CheckpointException($"{file.Path}: holds module '{path}', which target_modules and layers_to_transform of "
                    + $"{AdapterFiles.PeftConfig} leave out; PEFT would pass it over. The two files are not from one adapter.");
            }
            modules[path] = new AdaLoraModule(path, (int)p.Shape[0], (int)q.Shape[1], rank);
        }
        if (modules.Count == 0) throw new CheckpointException($"{file.Path}: holds no lora_A, lora_E and lora_B, expected those of an AdaLoRA. Export the adapter again.");
        if (config.Kept?.Keys.FirstOrDefault(path => !modules.ContainsKey(path)) is { } lacking)
        {
            throw new CheckpointException($"{file.Path}: lacks '{lacking}', which rank_pattern of {AdapterFiles.PeftConfig} has. Get the file again: the two "
                + "files are not from one adapter, or this one is incomplete.");
        }
        return modules;
    }

    /// <summary>Values of modules that trained in full, by their names in the model.</summary>
    /// <exception cref="CheckpointException">One is not finite.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadSaved(SafetensorsFile file, IEnumerable<string> modules)
    {
        var factors = modules.SelectMany(path => new[] { $"{Prefix}{path}.lora_A", $"{Prefix}{path}.lora_E", $"{Prefix}{path}.lora_B" }).ToHashSet(StringComparer.Ordinal);
        return file.Tensors.Keys.Where(name => !factors.Contains(name)).ToDictionary(
            name => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name, name => file.ReadFinite(name, ScalarType.Float32));
    }

    /// <summary>The adapter; whoever asked owns it.</summary>
    public AdaLoraAdapter Adapter(SafetensorsFile file, AdaLoraConfig config, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor Factor(string name) => file.ReadFinite($"{Prefix}{Path}.{name}", ScalarType.Float32, device);
        var (q, e, p) = (Factor("lora_A"), Factor("lora_E"), Factor("lora_B"));
        var adapter = new AdaLoraAdapter(Out, In, Rank, config.Alpha, config.Dropout, device, config.InitialRank);
        adapter.SetFactors(p, e, q); // of the shapes that the adapter was made for
        return adapter;
    }

    private static TensorEntry Entry(SafetensorsFile file, string path, string name) => file.Tensors.TryGetValue($"{Prefix}{path}.{name}", out var entry)
        ? entry
        : throw new CheckpointException($"{file.Path}: module '{path}' has no {name}, expected lora_A, lora_E and lora_B. The file is incomplete: export the adapter again.");
}
