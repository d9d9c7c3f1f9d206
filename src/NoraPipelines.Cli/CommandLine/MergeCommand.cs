using System.CommandLine;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`merge`: writes the whole model with an adapter folded into its weights.</summary>
internal static class MergeCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter, device) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: true), CommonOptions.Device());
        var output = new Option<string>("--output") { Description = "Folder of the merged model", HelpName = "DIR", Required = true };
        var command = new Command("merge", "Writes the model with an adapter folded into its weights, as a Hugging Face folder")
        {
            pipeline, adapter, output, set, device, CommonOptions.Json(),
        };
        command.SetAction(parsed => Run(context, context.Pipelines.Find(parsed.GetRequiredValue(pipeline)), parsed.GetValue(set) ?? [],
            parsed.GetValue(device), parsed.GetRequiredValue(adapter)!, context.FullPath(parsed.GetRequiredValue(output))));
        return command;
    }

    private static int Run(CommandContext context, Pipeline pipeline, string[] assignments, string? device, string adapter, string output)
    {
        AtomicFile.Sweep(output); // of an earlier merge that was killed
        if (Path.Exists(output) && (!Directory.Exists(output) || Directory.EnumerateFileSystemEntries(output).Any()))
            throw new NoraException($"{output}: is {(Directory.Exists(output) ? "a folder that is not empty" : "a file")}, and a merged model would lie among what is there. "
                + "Name a new or empty folder with --output.");
        using var session = ModelSession.Open(context, pipeline, assignments, device, adapter, context.Output.View);
        var loaded = session.Loaded;
        using var source = loaded.Folder is null ? null : HuggingFaceCheckpoint.Open(loaded.Folder);
        var dtype = MergedDtype.Of(session.Run.Plan.Export.Dtype, source, loaded.Base);
        MergedExport.Write(output, loaded.Base, session.Adapters, source, dtype,
            new MergedExportOptions { TokenizerFiles = loaded.Companions, Classes = pipeline.Plan.Dataset.Classes });
        context.Output.Reply(new { pipeline = pipeline.Plan.Name, adapter = session.AdapterFolder, output }, view => view.Say($"Merged model: {output}"));
        return NoraCommandLine.Done;
    }
}
