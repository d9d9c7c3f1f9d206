using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `dataset` and `evaluation`.</summary>
internal static class DataPlanner
{
    public static DatasetPlan Dataset(PipelineSpec spec)
    {
        var plan = new DatasetPlan
        {
            Train = Source(spec, "dataset.train", SplitPart.Train),
            Task = spec.Choice<GlueTask>("dataset.task"),
            Template = Template(spec),
        };
        return plan with
        {
            MaxTokens = spec.Whole("dataset.max_tokens")?.Value ?? plan.MaxTokens,
            LossOn = spec.Choice<LossOn>("dataset.loss_on") ?? plan.LossOn,
            Packing = spec.Switch("dataset.packing") ?? plan.Packing,
        };
    }

    public static EquatableArray<EvaluationPlan> Evaluation(PipelineSpec spec) =>
        Enumerable.Range(0, spec.Count("evaluation")).Select(i => Task(spec, $"evaluation.{i}")).ToEquatableArray();

    private static EvaluationPlan Task(PipelineSpec spec, string path)
    {
        var task = TaskProtocols.Find(spec.Text(path + ".task")?.Value ?? "") ?? TaskProtocols.Of("perplexity");
        var plan = new EvaluationPlan { Task = task, Data = Source(spec, path, SplitPart.HeldOut) };
        return plan with
        {
            Batch = spec.Whole(path + ".batch")?.Value ?? plan.Batch,
            MaxNewTokens = spec.Whole(path + ".max_new_tokens")?.Value ?? task.MaxNewTokens,
            Decoding = Decoding(spec, path + ".decoding", task.Decoding),
            Data = plan.Data.Generator is null && !spec.Has(path + ".columns")
                ? plan.Data with { Columns = task.Columns }
                : plan.Data,
        };
    }

    private static DecodingPlan Decoding(PipelineSpec spec, string path, DecodingKind usual)
    {
        var plan = new DecodingPlan();
        return plan with
        {
            Kind = spec.Choice<DecodingKind>(path + ".kind") ?? usual,
            Beams = spec.Whole(path + ".beams")?.Value ?? plan.Beams,
            LengthPenalty = spec.Number(path + ".length_penalty")?.Value ?? plan.LengthPenalty,
            Temperature = spec.Number(path + ".temperature")?.Value ?? plan.Temperature,
            TopK = spec.Whole(path + ".top_k")?.Value,
            TopP = spec.Number(path + ".top_p")?.Value ?? plan.TopP,
            Seed = spec.Whole(path + ".seed")?.Value ?? plan.Seed,
            MinNewTokens = spec.Whole(path + ".min_new_tokens")?.Value ?? plan.MinNewTokens,
            Stop = Enumerable.Range(0, spec.Count(path + ".stop")).Select(i => spec.Text($"{path}.stop.{i}")?.Value).OfType<string>()
                .ToEquatableArray(),
        };
    }

    private static TemplatePlan Template(PipelineSpec spec)
    {
        if (spec.Mapping("dataset.template") is null) return new TemplatePlan(spec.Choice<TemplateKind>("dataset.template") ?? TemplateKind.Plain);
        return new TemplatePlan(
            TemplateKind.Custom, spec.Text("dataset.template.prompt")?.Value, spec.Text("dataset.template.response")?.Value);
    }

    private static HubFilePlan? Hub(PipelineSpec spec, string path) => spec.Text(path + ".hub") is { } hub
        && (spec.Has(path + ".file") || PublishedSplit(spec, path) is not null)
        ? new HubFilePlan(hub.Value, spec.Text(path + ".file")?.Value, spec.Text(path + ".revision")?.Value ?? "main",
            spec.Has(path + ".file") ? null : PublishedSplit(spec, path))
        : null;

    /// <summary>`split: train`, or `split: { name: train, held_out: 0.1 }`.</summary>
    private static string? PublishedSplit(PipelineSpec spec, string path) => (spec.Text(path + ".split") ?? spec.Text(path + ".split.name"))?.Value;

    private static SplitPlan? Split(PipelineSpec spec, string path, SplitPart take) => spec.Number(path + ".held_out") is { } share
        ? new SplitPlan(share.Value, spec.Whole(path + ".seed")?.Value ?? 0, spec.Choice<SplitPart>(path + ".take") ?? take)
        : null;

    private static DataSourcePlan Source(PipelineSpec spec, string path, SplitPart take)
    {
        var plan = new DataSourcePlan();
        return plan with
        {
            Path = spec.Text(path + ".path")?.Value,
            Hub = Hub(spec, path),
            Split = Split(spec, path + ".split", take),
            Generator = spec.Text(path + ".generator")?.Value,
            Seed = spec.Whole(path + ".seed")?.Value ?? plan.Seed,
            Columns = new ColumnMap
            {
                Prompt = spec.Text(path + ".columns.prompt")?.Value,
                Input = spec.Text(path + ".columns.input")?.Value,
                Response = spec.Text(path + ".columns.response")?.Value,
                Text = spec.Text(path + ".columns.text")?.Value,
                Messages = spec.Text(path + ".columns.messages")?.Value,
            },
            Limit = spec.Whole(path + ".limit")?.Value,
            Separator = spec.Text(path + ".separator")?.Value,
        };
    }
}
