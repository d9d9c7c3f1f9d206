using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests;

/// <summary>Plans that tests start from.</summary>
internal static class SamplePlans
{
    public static readonly string[] Seven = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>The paper's run on Llama-3-8B.</summary>
    public static PipelinePlan Llama3 => new()
    {
        Name = "llama3-8b-metamath",
        Model = new ModelPlan { Shape = ModelCatalog.Find("llama-3-8b")!, ShapeSource = "llama-3-8b", Source = new ModelSource.Folder("models") },
        Adapter = Nora(64, 32),
        Dataset = new DatasetPlan
        {
            Train = new DataSourcePlan { Path = "train.jsonl", Limit = 100_000 },
            Template = new TemplatePlan(TemplateKind.Metamath),
        },
        Training = new TrainingPlan { Epochs = 2, Batch = 128, MicroBatch = 8, LearningRate = 7e-3, Schedule = new CosineSchedulePlan { WarmupRatio = 0.02 } },
    };

    public static NoraPlan Nora(int outer, int inner) => new() { OuterRank = outer, InnerRank = inner, Alpha = outer, Targets = new(Seven) };
}
