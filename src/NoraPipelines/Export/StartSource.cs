using NoraPipelines.Models;

namespace NoraPipelines.Export;

/// <summary>A form of folder from which adapters go on training.</summary>
internal sealed class StartSource
{
    private readonly string _file;
    private readonly string _inRun;
    private readonly Action<string, AdapterSet, IAdaptableModel, Action<string>?> _copy;

    private StartSource(string file, string inRun, Action<string, AdapterSet, IAdaptableModel, Action<string>?> copy) =>
        (_file, _inRun, _copy) = (file, inRun, copy);

    /// <summary>A plain LoRA, as PEFT or <see cref="PeftExport"/> writes it.</summary>
    public static StartSource PlainLora { get; } = new(AdapterFiles.PeftConfig, "adapter", PeftStart.CopyTo);

    /// <summary>PEFT's own form of the method.</summary>
    public static StartSource OwnForm { get; } = new(AdapterFiles.PeftConfig, "adapter", MethodStart.CopyTo);

    /// <summary>Nested factors.</summary>
    public static StartSource Nested { get; } = new(
        AdapterFiles.NestedDescription, "nested", (folder, adapters, _, _) => NestedFolder.CopyTo(folder, adapters));

    /// <summary>Copies a folder's values into the adapters, and what it saves beside them into the modules that train in full.</summary>
    /// <param name="folder">Of this form, or a run's folder.</param>
    /// <param name="model">That the adapters are on.</param>
    /// <param name="report">Told what the folder's config has that means nothing on this model; null: nobody.</param>
    /// <exception cref="Checkpoints.CheckpointException">The folder is missing, damaged, or of another form.</exception>
    /// <exception cref="NoraException">It does not fit the adapters.</exception>
    public void Read(string folder, AdapterSet adapters, IAdaptableModel model, Action<string>? report) =>
        _copy(Find(folder), adapters, model, report);

    /// <summary>The folder in this form; a run's folder has several.</summary>
    private string Find(string folder)
    {
        var inRun = Path.Combine(folder, _inRun);
        if (!File.Exists(Path.Combine(folder, _file)) && File.Exists(Path.Combine(inRun, _file))) return inRun;
        var isNested = _file == AdapterFiles.NestedDescription;
        var other = isNested ? AdapterFiles.PeftConfig : AdapterFiles.NestedDescription;
        if (File.Exists(Path.Combine(folder, _file)) || !File.Exists(Path.Combine(folder, other))) return folder;
        throw new NoraException(isNested
            ? $"{folder}: holds an adapter in PEFT's form, which has no nested factors, and the spec's method goes on from those. Name a run's "
                + "folder 'nested', or go on with method: lora."
            : $"{folder}: holds nested factors, and the spec's method goes on from PEFT's form. Name a run's folder 'adapter', or go on with the "
                + "method that made them.");
    }
}
