using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>The base model and what belongs to it: `Load`, which every verb calls, and its call in the run.</summary>
internal static class ModelSection
{
    public static void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Banner("Model", Places.First(unit, unit.Lines.Model));
        code.Line("using var loaded = run.Stages.Measure(\"load\", () => Load(run));");
        WriteParts(code, unit.Plan);
        code.Line($"model.GradientCheckpointing = run.Setting(Keys.Training.GradientCheckpointing, {CSharp.Flag(unit.Plan.Training.GradientCheckpointing)});");
    }

    /// <summary>Names for what `loaded` holds.</summary>
    public static void WriteParts(CodeWriter code, PipelinePlan plan)
    {
        var parts = FamilySections.Of(plan).Parts;
        code.Line($"var ({string.Join(", ", parts.Select(part => part.Name))}) = ({string.Join(", ", parts.Select(part => "loaded." + part.Member))});");
    }

    public static void WriteLoad(CodeWriter code, PipelineUnit unit)
    {
        var model = unit.Plan.Model;
        var family = FamilySections.Of(unit.Plan);
        var dtype = "torch.ScalarType." + model.Dtype; // WeightType's names are torch's
        code.Line();
        using (code.Block($"protected override {family.LoadedType} Load(RunContext run)"))
        {
            if (model.Source is ModelSource.Random random)
            {
                code.Line($"var model = {family.Random(unit.Plan, random.Seed, dtype)};");
                code.Line($"return {family.Loaded(unit.Plan, folder: null)};");
                return;
            }
            code.Line(model.Source is ModelSource.Hub hub
                ? $"using var checkpoint = run.Sources.OpenHubCheckpoint({CSharp.Text(hub.Repository)}, revision: {CSharp.Text(hub.Revision)});"
                : $"using var checkpoint = run.Sources.OpenCheckpoint({CSharp.Text(((ModelSource.Folder)model.Source).Path)});");
            code.Line(model.AcceptOtherShapes
                ? $"var shape = ({model.Shape.GetType().Name})run.Plan.Model.Shape; // of the folder's own config.json"
                : "checkpoint.CheckShape(Shape);");
            code.Line($"var model = {family.Load(unit.Plan, model.AcceptOtherShapes ? "shape" : "Shape", dtype)};");
            code.Line($"return {family.Loaded(unit.Plan, "checkpoint.Folder")};");
        }
    }
}
