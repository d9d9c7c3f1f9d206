using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `model`: shape from the catalogue, a config.json or numbers.</summary>
internal static class ModelPlanner
{
    public static ModelPlan Plan(PlanningContext context)
    {
        var spec = context.Spec;
        Architecture? architecture = spec.TryGet(Keys.Model.Architecture, out var written) ? written : null;
        var (shape, source) = Shape(context, architecture);
        return new ModelPlan
        {
            Shape = shape ?? StandIn(architecture),
            ShapeSource = source,
            Source = new ModelSource.Folder("."),
            // A tokenizer that was refused is still there.
            Tokenizer = spec.Has(Keys.Model.Tokenizer) ? "" : null,
        };
    }

    private static (ModelShape? Shape, string Source) Shape(PlanningContext context, Architecture? architecture)
    {
        var spec = context.Spec;
        if (spec.TryGet(Keys.Model.Preset, out var preset))
        {
            var shape = ModelCatalog.Find(preset);
            if (shape is not null) SameFamily(context, Keys.Model.Preset, preset, shape.Architecture, architecture);
            return (shape, preset);
        }
        if (spec.TryGet(Keys.Model.Config, out var config)) return (FromConfig(context, config, architecture), config);
        if (spec.Mapping(Keys.Model.Shape.Section) is { } numbers && architecture is { } family)
            return (FromNumbers(context, numbers, family), "shape");
        return (null, "the model");
    }

    private static ModelShape? FromConfig(PlanningContext context, string path, Architecture? architecture)
    {
        var wanted = Paths.Beside(context.File.Path, path);
        if (context.Configs.FirstOrDefault(config => Paths.Normal(config.Path) == wanted) is not { } file)
        {
            context.Report("NORA113", Keys.Model.Config.Path,
                $"'{path}' is not among the project's files: it was looked for at {wanted}; "
                + "put a config.json there, or add the file to the project with <NoraModelConfig Include=\"…/config.json\" />");
            return null;
        }

        var syntax = new List<SpecProblem>();
        if (YamlTree.Read(file.Text, syntax) is not MappingNode root)
        {
            context.Report("NORA114", Keys.Model.Config.Path,
                $"'{path}' holds no JSON object{(syntax.Count > 0 ? $" (line {syntax[0].Place.Line}: {syntax[0].Message})" : "")}; "
                + "it must be a Hugging Face config.json");
            return null;
        }
        var reading = ModelConfig.Read(PlainValues.Of(root));
        foreach (var problem in reading.Problems) context.Report("NORA114", Keys.Model.Config.Path, $"'{path}': {problem}");
        if (reading.Shape is { } shape) SameFamily(context, Keys.Model.Config, path, shape.Architecture, architecture);
        return reading.Shape;
    }

    private static ModelShape? FromNumbers(PlanningContext context, MappingNode numbers, Architecture family)
    {
        var config = PlainValues.Of(numbers).ToDictionary(pair => pair.Key, pair => pair.Value);
        config["model_type"] = Words.Of(family);
        // Gemma's configuration names its function hidden_activation.
        if (config.TryGetValue("hidden_act", out var activation)) config["hidden_activation"] = activation;
        var reading = ModelConfig.Read(config);
        foreach (var problem in reading.Problems) context.Report("NORA114", Keys.Model.Shape.Section.Path + "." + problem.Split(' ')[0], problem);
        return reading.Shape;
    }

    private static void SameFamily(PlanningContext context, SpecKey key, string name, Architecture found, Architecture? planned)
    {
        if (planned is null || planned == found) return;
        context.Report("NORA120", key.Path,
            $"'{name}' is a {Words.Of(found)} model, but architecture says {Words.Of(planned.Value)}; use architecture: "
                + $"{Words.Of(found)}, or another {key.Name}");
    }

    /// <summary>In place of a shape that the spec does not have.</summary>
    private static ModelShape StandIn(Architecture? architecture)
    {
        var known = architecture is { } word && ModelFamilies.Programs.Contains(word) ? word : Architecture.Llama;
        return ModelFamilies.Of(known).StandIn(known);
    }
}
