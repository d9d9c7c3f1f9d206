namespace NoraPipelines.Plans;

/// <summary>The keys of a source of rows: those of the training data, and of each task.</summary>
public class DataSourceKeys
{
    /// <param name="usual">The part of a split that is taken where the spec says nothing.</param>
    internal DataSourceKeys(
        string path, SplitPart usual, Func<PipelinePlan, DataSourcePlan> get, Func<PipelinePlan, DataSourcePlan, PipelinePlan> set)
    {
        var part = new KeyPart<DataSourcePlan>(path, new DataSourcePlan(), get, set);
        var nowhere = new HubFilePlan("", null, "main");

        Path = part.TextOrNone("path",
            $"A {DataFormat.Uncompressed} file (.jsonl.gz and the like too), a folder or a glob, relative to the spec.",
            data => data.Path, (data, file) => data with { Path = file }) with
        {
            RunTime = true,
            IsPath = true,
            Obstacle = plan => get(plan).Generator is { } made ? $"these rows are made by the class {made}, not read" : null,
        };
        Hub = part.TextOrNone("hub", "A data set of the Hugging Face hub, owner/name.",
            data => data.Hub?.Repository, (data, name) => data with { Hub = (data.Hub ?? nowhere) with { Repository = name! } }) with
        { Pattern = Patterns.HubName };
        File = OfHub(part.TextOrNone("file", "The file in the hub's data set, such as data/train.jsonl.",
            data => data.Hub?.File, (data, name) => data with { Hub = (data.Hub ?? nowhere) with { File = name } })) with
        { Pattern = Patterns.HubFile };
        Revision = OfHub(part.TextOrNone("revision", "Branch, tag or commit in the hub.",
            data => data.Hub?.Revision, (data, name) => data with { Hub = (data.Hub ?? nowhere) with { Revision = name! } })) with
        { Pattern = Patterns.HubRevision, Default = "main" };
        Generator = part.TextOrNone("generator", "Full name of a class of the project that implements IExampleSource.",
            data => data.Generator, (data, name) => data with { Generator = name }) with
        { Pattern = Patterns.ClassName };
        Seed = (part.Whole("seed", "Seed that the generator is given.", data => data.Seed, (data, seed) => data with { Seed = seed }, minimum: 0))
            .WithNoEffect(Generator, plan => get(plan).Generator is null ? "rows of a file need no seed" : null);
        Columns = ColumnsOf(path + ".columns", get, set);
        Split = new SplitKeys(path + ".split", usual, part, get);
        Limit = part.Key("limit", Kind.WholeOrNull, "How many rows to take, from the first; left out or null: all.",
            data => data.Limit, (data, rows) => data with { Limit = rows }) with
        { Minimum = 1, RunTime = true };
        Separator = part.TextOrNone("separator", "What stands between two texts of a .txt file; left out: a line each.",
                data => data.Separator, (data, text) => data with { Separator = text }) with
        { MayBeBlank = Blank.Nothing };
        Separator = Separator.WithNoEffect(null, plan => get(plan) switch
        {
            { Generator: not null, Path: null, Hub: null } => MadeByClass,
            { Generator: null } data when FileOf(data) is { } file && !DataFormat.IsText(file) => "only texts of a .txt file are separated",
            _ => null,
        });

        SpecKey<string?> OfHub(SpecKey<string?> key) =>
            key.WithNoEffect(Hub, plan => get(plan).Hub is { Repository.Length: > 0 } ? null : "only a repository of the hub has files and revisions");
    }

    private const string MadeByClass = "rows that a class makes are not read from a file";

    public SpecKey<string?> Path { get; }

    internal SpecKey<string?> Hub { get; }

    internal SpecKey<string?> File { get; }

    internal SpecKey<string?> Revision { get; }

    internal SpecKey<string?> Generator { get; }

    internal SpecKey<int> Seed { get; }

    internal SectionKey Columns { get; private protected init; }

    internal SplitKeys Split { get; }

    public SpecKey<int?> Limit { get; }

    internal SpecKey<string?> Separator { get; private protected init; }

    /// <summary>In the order of the documents.</summary>
    internal SpecKey[] All => [Path, Hub, File, Revision, Generator, Seed, Columns, Split.Section, Limit, Separator];

    internal SpecKey[] ExactlyOne => [Path, Hub, Generator];

    private static string? FileOf(DataSourcePlan data) => data.Path ?? data.Hub?.File;

    private static SectionKey ColumnsOf(string path, Func<PipelinePlan, DataSourcePlan> get, Func<PipelinePlan, DataSourcePlan, PipelinePlan> set)
    {
        var part = new KeyPart<ColumnMap>(path, new ColumnMap(), plan => get(plan).Columns, (plan, columns) => set(plan, get(plan) with { Columns = columns }));
        return SectionKey.Of(path, "Names of the columns; left out: prompt and response, or text.",
                part.TextOrNone("prompt", "The column of the prompt.", columns => columns.Prompt, (columns, name) => columns with { Prompt = name }),
                part.TextOrNone("input", "The column of what the prompt is about, where it is kept apart; may be empty in a row.",
                    columns => columns.Input, (columns, name) => columns with { Input = name }),
                part.TextOrNone("response", "The column of the response.", columns => columns.Response, (columns, name) => columns with { Response = name }),
                part.TextOrNone("text", "The column of the whole text, where there is no prompt.",
                    columns => columns.Text, (columns, name) => columns with { Text = name }),
                part.TextOrNone("messages", "The column of a conversation: a list of { role, content }.",
                    columns => columns.Messages, (columns, name) => columns with { Messages = name }))
            .WithNoEffect(null, plan => get(plan) switch
            {
                { Generator: not null, Path: null, Hub: null } => MadeByClass,
                { Generator: null } data when FileOf(data) is { } file && DataFormat.IsText(file) => "a .txt file has no columns",
                _ => null,
            });
    }
}
