using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>A method's own form in PEFT's files: the names of its tensors, the keys of its config, and how a folder of it is placed on a model.</summary>
internal abstract class PeftForm
{
    /// <summary>The spec's `adapter.method`.</summary>
    public abstract string Method { get; }

    /// <summary>Whether an adapter_config.json is of this form.</summary>
    public abstract bool Matches(JsonElement config);

    /// <summary>adapter_config.json.</summary>
    /// <param name="lora">The keys of a plain LoRA on the same projections, to begin from.</param>
    public abstract JsonObject Config(JsonObject lora, PeftWriting writing);

    /// <summary>What the file holds for one projection, by the ends of the names; new tensors belong to the caller's dispose scope.</summary>
    /// <exception cref="NoraException">An adapter of another method.</exception>
    public abstract IReadOnlyDictionary<string, Tensor> Tensors(Adapter adapter);

    /// <summary>Loads a folder and places it on a model.</summary>
    /// <param name="report">Told what the config has that means nothing on this model; null: nobody.</param>
    /// <returns>Owns the adapters; disposing takes them off the model.</returns>
    /// <exception cref="CheckpointException">
    /// A file is missing or damaged, a module is not in the model or of another shape, or the config means one that the file lacks.
    /// </exception>
    /// <exception cref="NoraException">A projection has an adapter already.</exception>
    public abstract AdapterSet Attach(string folder, IAdaptableModel model, Action<string>? report);

    /// <summary>The form of a folder; null: a plain LoRA, or nothing that is known.</summary>
    /// <exception cref="CheckpointException">The config is malformed.</exception>
    public static PeftForm? Of(string folder) => Of(JsonFile.Read(CheckpointFolder.File(folder, AdapterFiles.PeftConfig)));

    /// <summary>The form that an adapter_config.json names; null: a plain LoRA, or nothing that is known.</summary>
    public static PeftForm? Of(JsonElement config) => config.ValueKind != JsonValueKind.Object
        ? null
        : AdapterMethods.All.Select(method => method.PeftForm).OfType<PeftForm>().FirstOrDefault(form => form.Matches(config));

    /// <summary>Whether a config has this peft_type.</summary>
    protected static bool HasType(JsonElement config, string type) =>
        config.TryGetProperty("peft_type", out var value) && value.ValueKind == JsonValueKind.String && value.GetString() == type;

    /// <summary>The adapter as one of the method's.</summary>
    /// <exception cref="NoraException">It is another method's.</exception>
    protected T Own<T>(Adapter adapter) where T : Adapter => adapter as T
        ?? throw new NoraException($"A {adapter.Method} adapter was given, and this form is of {Method}. Use the form of its method.");
}
