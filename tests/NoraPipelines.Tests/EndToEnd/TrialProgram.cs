using NoraPipelines.Tests.Shipped;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>
/// A program of a spec that a test writes: compiled as a build does it, and run as a process beside links to the shipped program's
/// files. Paths of the spec start in <see cref="NoraProgram.Folder"/>.
/// </summary>
internal sealed class TrialProgram : NoraProgram
{
    /// <param name="spec">Of the pipeline sample.</param>
    /// <param name="files">Files that the generator reads beside it, such as a config.json; they are written into the folder too.</param>
    public TrialProgram(string spec, params (string Path, string Text)[] files)
    {
        foreach (var path in Directory.GetFileSystemEntries(Built))
        {
            var name = Path.GetFileName(path).Replace("nora.deps", "sample.deps").Replace("nora.runtimeconfig", "sample.runtimeconfig");
            File.CreateSymbolicLink(In(name), path);
        }
        foreach (var (path, text) in files) Put(path, text);
        TrialBuild.Write(Assembly, [("sample.nora.yaml", spec), .. files]);
    }

    /// <summary>A program on the quickstart's base model, in the folder model, whose rows are the quickstart's, in train.jsonl.</summary>
    /// <param name="sections">The spec from `adapter` on.</param>
    public static TrialProgram OnShippedModel(string sections)
    {
        var program = new TrialProgram($$"""
            pipeline: sample
            model: { architecture: llama, config: config.json, source: { path: model }, dtype: float32 }
            {{sections}}
            """, ("config.json", File.ReadAllText(ShippedFile.Path("base-model/weights/config.json"))));
        File.CreateSymbolicLink(program.In("model"), ShippedFile.Path("base-model/weights"));
        File.Copy(ShippedFile.Path("quickstart/data/train.jsonl"), program.In("train.jsonl"));
        return program;
    }

    protected override string Assembly => In("sample.dll");

    /// <summary>Writes a file below the folder; its full path.</summary>
    public string Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
        return In(name);
    }

    /// <summary>The JSON of a call that must succeed.</summary>
    public System.Text.Json.JsonElement Json(params string[] arguments)
    {
        var result = Run([.. arguments, "--json"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Json;
    }

    /// <summary>What a call says that must fail, without a trace of its code.</summary>
    public string Refusal(params string[] arguments)
    {
        var result = Run(arguments);
        Assert.True(result.ExitCode is 1 or 2, $"{result.ExitCode}: {result.Output}{result.Error}");
        Assert.DoesNotContain("   at ", result.Error);
        return result.Error;
    }
}
