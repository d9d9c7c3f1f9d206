using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `model`: shape from the catalogue, a config.json or numbers.</summary>
internal static class ModelPlanner
{
    public static ModelPlan Plan(PlanningContext context)
    {
        var spec = context.Spec;
        var architecture = spec.Choice<Architecture>("model.architecture");
        var (shape, source) = Shape(context, architecture);
        var plan = new ModelPlan
        {
            Shape = shape ?? StandIn(architecture),
            ShapeSource = source,
            Source = Source(spec),
            // A tokenizer that was refused is still there.
            Tokenizer = spec.Text("model.tokenizer")?.Value ?? (spec.Has("model.tokenizer") ? "" : null),
        };
        return plan with
        {
            Dtype = spec.Choice<WeightType>("model.dtype") ?? plan.Dtype,
            AcceptOtherShapes = spec.Switch("model.accept_other_shapes") ?? plan.AcceptOtherShapes,
        };
    }

    private static ModelSource Source(PipelineSpec spec)
    {
        if (spec.Has("model.source.path")) return new ModelSource.Folder(spec.Text("model.source.path")?.Value ?? ".");
        if (spec.Text("model.source.hub") is { } hub) return new ModelSource.Hub(hub.Value, spec.Text("model.source.revision")?.Value ?? "main");
        return spec.Whole("model.source.random") is { } seed ? new ModelSource.Random(seed.Value) : new ModelSource.Folder(".");
    }

    private static (ModelShape? Shape, string Source) Shape(PlanningContext context, Architecture? architecture)
    {
        var spec = context.Spec;
        if (spec.Text("model.preset") is { } preset)
        {
            var shape = ModelCatalog.Find(preset.Value);
            if (shape is not null) SameFamily(context, "model.preset", preset.Value, shape.Architecture, architecture);
            return (shape, preset.Value);
        }
        if (spec.Text("model.config") is { } config) return (FromConfig(context, config.Value, architecture), config.Value);
        if (spec.Mapping("model.shape") is { } numbers && architecture is { } family)
            return (FromNumbers(context, numbers, family), "shape");
        return (null, "the model");
    }

    private static ModelShape? FromConfig(PlanningContext context, string path, Architecture? architecture)
    {
        var wanted = Paths.Beside(context.File.Path, path);
        if (context.Configs.FirstOrDefault(config => Paths.Normal(config.Path) == wanted) is not { } file)
        {
            context.Report("NORA113", "model.config",
                $"'{path}' is not among the project's files: it was looked for at {wanted}; "
                + "put a config.json there, or add the file to the project with <NoraModelConfig Include=\"…/config.json\" />");
            return null;
        }

        var syntax = new List<SpecProblem>();
        if (YamlTree.Read(file.Text, syntax) is not MappingNode root)
        {
            context.Report("NORA114", "model.config",
                $"'{path}' holds no JSON object{(syntax.Count > 0 ? $" (line {syntax[0].Place.Line}: {syntax[0].Message})" : "")}; "
                + "it must be a Hugging Face config.json");
            return null;
        }
        var reading = ModelConfig.Read(PlainValues.Of(root));
        foreach (var problem in reading.Problems) context.Report("NORA114", "model.config", $"'{path}': {problem}");
        if (reading.Shape is { } shape) SameFamily(context, "model.config", path, shape.Architecture, architecture);
        return reading.Shape;
    }

    private static ModelShape? FromNumbers(PlanningContext context, MappingNode numbers, Architecture family)
    {
        var config = PlainValues.Of(numbers).ToDictionary(pair => pair.Key, pair => pair.Value);
        config["model_type"] = Words.Of(family);
        // Gemma's configuration names its function hidden_activation.
        if (config.TryGetValue("hidden_act", out var activation)) config["hidden_activation"] = activation;
        var reading = ModelConfig.Read(config);
        foreach (var problem in reading.Problems) context.Report("NORA114", "model.shape." + problem.Split(' ')[0], problem);
        return reading.Shape;
    }

    private static void SameFamily(PlanningContext context, string path, string name, Architecture found, Architecture? planned)
    {
        if (planned is null || planned == found) return;
        context.Report("NORA120", path,
            $"'{name}' is a {Words.Of(found)} model, but architecture says {Words.Of(planned.Value)}; use architecture: "
                + $"{Words.Of(found)}, or another {path.Split('.')[1]}");
    }

    /// <summary>For a shape that could not be had: rules then report what is wrong beside it.</summary>
    private static ModelShape StandIn(Architecture? architecture)
    {
        var known = architecture is { } word && ModelFamilies.Programs.Contains(word) ? word : Architecture.Llama;
        return ModelFamilies.Of(known).StandIn(known);
    }
}
