namespace NoraPipelines.Plans;

/// <summary>The keys of a published split, or of a part of the rows.</summary>
internal sealed class SplitKeys
{
    public SplitKeys(string path, SplitPart usual, KeyPart<DataSourcePlan> source, Func<PipelinePlan, DataSourcePlan> get)
    {
        var (part, all, nowhere) = (source.In(path), new SplitPlan(0, 0, usual), new HubFilePlan("", null, "main"));
        Name = OfHub(
            part.TextOrNone("name", "The published split, of which a part is taken.", data => data.Hub?.Split, Published) with
            { Pattern = Patterns.HubSplit });
        Section = OfHub(new SpecKey<string?>(path, Kind.TextOrNone,
            "A published split of a data set of the hub, such as train or main/train, instead of `file`; or a part of the rows: the part of "
                + "a row depends on its place and the seed alone.")
        {
            Kinds = ValueKinds.Text | ValueKinds.Mapping,
            Pattern = Patterns.HubSplit,
            Set = source.TextOrNone("split", "", data => data.Hub?.Split, Published).Set,
            Keys =
            [
                Name,
                part.InnerShare("held_out", "Share of the rows that are held out.", data => data.Split?.HeldOut ?? 0,
                    (data, share) => data with { Split = (data.Split ?? all) with { HeldOut = share } }) with
                { Required = true, Default = null },
                part.Whole("seed", "Decides which rows are held out.", data => data.Split?.Seed ?? 0,
                    (data, seed) => data with { Split = (data.Split ?? all) with { Seed = seed } }, minimum: 0),
                part.Choice("take", "train: the rows that are not held out (default for training); held_out (default for a task).",
                    data => data.Split?.Take ?? usual, (data, taken) => data with { Split = (data.Split ?? all) with { Take = taken } }) with
                { Default = null },
            ],
        });

        DataSourcePlan Published(DataSourcePlan data, string? name) => data with { Hub = (data.Hub ?? nowhere) with { Split = name } };

        SpecKey<string?> OfHub(SpecKey<string?> key) => key.WithNoEffect(null, plan => get(plan).Hub switch
        {
            { Split: null } or null => null,
            { Repository.Length: 0 } => "only data sets of the hub have published splits; rows are held out with split: { held_out: 0.1 }",
            { File: not null } => "file names the file",
            _ => null,
        });
    }

    public SpecKey<string?> Name { get; }

    public SpecKey<string?> Section { get; }
}
