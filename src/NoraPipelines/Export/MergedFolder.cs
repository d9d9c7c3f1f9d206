using System.Text.RegularExpressions;
using NoraPipelines.Checkpoints;
using NoraPipelines.Disk;

namespace NoraPipelines.Export;

/// <summary>The folder that a merged model is written to, and what is copied beside the weights.</summary>
internal static partial class MergedFolder
{
    private static readonly string[] CompanionNames =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
        "merges.txt", "chat_template.jinja", "chat_template.json", "generation_config.json", "preprocessor_config.json", "LICENSE", "LICENSE.txt", "LICENSE.md",
        "USE_POLICY.md", "NOTICE", "NOTICE.txt",
    ];

    /// <summary>Makes the folder ready: an earlier export is taken away, any other model stays untouched.</summary>
    /// <param name="companions">Files that will be copied beside the weights: an export that was cut off may have left theirs.</param>
    /// <exception cref="CheckpointException">The folder is the source, or holds a model or other files that no export wrote.</exception>
    public static void Prepare(string folder, HuggingFaceCheckpoint? source, IReadOnlyList<string> companions)
    {
        if (source is not null && RealPath.Of(folder) == RealPath.Of(source.Folder))
            throw new CheckpointException($"{folder}: is the base model's folder, which an export never changes. Choose another folder.");
        if (!Directory.Exists(folder)) return;
        string[] names = [.. Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry))];
        string[] weights = [.. names.Where(name => Weights().IsMatch(name))];
        if (Array.Find(weights, name => !IsOurs(Path.Combine(folder, name))) is { } model)
        {
            throw new CheckpointException($"{folder}: holds a model that was not exported here ({model}); it is not overwritten. "
                + "Choose an empty folder, or delete the model.");
        }
        string[] expected = [.. companions.Select(file => Path.GetFileName(file))];
        if (weights.Length == 0 && Array.Find(names, name => !expected.Contains(name) && !name.StartsWith('.')) is { } other)
            throw new CheckpointException($"{folder}: holds {other}, and no model that was exported here. Choose a new or empty folder.");
        // Without its config.json the folder is not taken for a whole model while files change.
        ExportFolder.Remove(folder, ["config.json", ShardIndex.FileName, .. weights]);
    }

    /// <summary>Files to copy: the tokenizer's, generation settings and licences.</summary>
    public static IEnumerable<string> Companions(HuggingFaceCheckpoint? source, IReadOnlyList<string>? tokenizerFiles)
    {
        string[] own = source is null ? [] :
        [
            .. CompanionNames.Select(name => CheckpointFolder.File(source.Folder, name)).Where(File.Exists),
            .. Directory.EnumerateFiles(source.Folder, "*.model")
                .Select(file => CheckpointFolder.File(source.Folder, Path.GetFileName(file))),
        ];
        // A config.json beside a tokenizer is another model's.
        var given = (tokenizerFiles ?? []).Where(file => File.Exists(file) && Path.GetFileName(file) != "config.json");
        return own.Concat(given).DistinctBy(Path.GetFileName);
    }

    private static bool IsOurs(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            return file.Metadata.GetValueOrDefault(MergedExport.MarkKey) == MergedExport.Mark;
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^model(-\d{5}-of-\d{5})?\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex Weights();
}
