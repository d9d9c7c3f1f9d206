using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>The base model and its tokenizer: `Load`, which every verb calls, and its call in the run.</summary>
internal static class ModelSection
{
    public static void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Banner("Model", Places.First(unit, unit.Lines.Model));
        code.Line("using var loaded = run.Measure(\"load\", () => Load(run));");
        code.Line($"var (model, tokenizer) = (loaded.{Member(unit.Plan)}, loaded.Tokenizer);");
        code.Line($"model.GradientCheckpointing = run.Setting(Keys.Training.GradientCheckpointing, {CSharp.Flag(unit.Plan.Training.GradientCheckpointing)});");
    }

    public static void WriteLoad(CodeWriter code, PipelineUnit unit)
    {
        var model = unit.Plan.Model;
        var dtype = "torch.ScalarType." + model.Dtype; // WeightType's names are torch's
        code.Line();
        using (code.Block("protected override LoadedModel Load(RunContext run)"))
        {
            switch (model.Source)
            {
                case ModelSource.Folder or ModelSource.Hub:
                    code.Line(model.Source is ModelSource.Hub hub
                        ? $"using var checkpoint = run.OpenHubCheckpoint({CSharp.Text(hub.Repository)}, revision: {CSharp.Text(hub.Revision)});"
                        : $"using var checkpoint = run.OpenCheckpoint({CSharp.Text(((ModelSource.Folder)model.Source).Path)});");
                    code.Line(model.AcceptOtherShapes
                        ? $"var shape = ({model.Shape.GetType().Name})run.Plan.Model.Shape; // of the folder's own config.json"
                        : "checkpoint.CheckShape(Shape);");
                    var shape = model.AcceptOtherShapes ? "shape" : "Shape";
                    code.Line(unit.Plan.Dataset.Task is { } task
                        ? $"var model = RobertaModel.Load(checkpoint, {shape}, labels: {GlueTasks.Of(task).Outputs}, {dtype}, run.Device, headSeed: run.Seed);"
                        : $"var model = LlamaModel.Load(checkpoint, {shape}, {dtype}, run.Device);");
                    code.Line($"return new LoadedModel(model, TextTokenizer.Load({Tokenizer(model, "checkpoint.Folder")}), checkpoint.Folder);");
                    break;
                case ModelSource.Random random:
                    code.Line(unit.Plan.Dataset.Task is { } learnt
                        ? $"var model = RobertaModel.Random(Shape, labels: {GlueTasks.Of(learnt).Outputs}, seed: {random.Seed}, {dtype}, "
                            + "run.Device);"
                        : $"var model = LlamaModel.Random(Shape, seed: {random.Seed}, {dtype}, run.Device);");
                    code.Line($"return new LoadedModel(model, TextTokenizer.Load({Tokenizer(model, "")}), Folder: null);");
                    break;
            }
        }
    }

    /// <summary>The member of LoadedModel that is the model by its type.</summary>
    public static string Member(PipelinePlan plan) => plan.Model.Shape is EncoderShape ? "Classifier" : "Model";

    /// <summary>The model's type.</summary>
    public static string TypeName(PipelinePlan plan) => plan.Model.Shape is EncoderShape ? "RobertaModel" : "LlamaModel";

    private static string Tokenizer(ModelPlan model, string besideTheWeights) =>
        model.Tokenizer is null ? besideTheWeights : $"run.File(Keys.Model.Tokenizer, {CSharp.Text(model.Tokenizer)})";
}
