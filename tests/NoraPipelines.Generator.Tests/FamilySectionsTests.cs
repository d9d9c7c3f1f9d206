using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests;

public class FamilySectionsTests
{
    public static TheoryData<Architecture> Architectures => new(ModelFamilies.Programs);

    /// <summary>Otherwise a spec of the family would be accepted and the generator fail on it.</summary>
    [Theory]
    [MemberData(nameof(Architectures))]
    public void Every_family_with_programs_has_a_section(Architecture architecture)
    {
        var shape = ModelFamilies.Of(architecture).StandIn(architecture);
        var plan = new PipelinePlan
        {
            Name = "any",
            Model = new ModelPlan { Shape = shape, ShapeSource = "shape", Source = new ModelSource.Random(1) },
            Adapter = new FullPlan(),
            Dataset = new DatasetPlan { Train = new DataSourcePlan(), Template = new TemplatePlan(TemplateKind.Plain), Task = GlueTask.Sst2 },
            Training = new TrainingPlan { Steps = 1, Batch = 1, MicroBatch = 1, LearningRate = 1 },
        };
        var section = FamilySections.Of(plan);
        Assert.StartsWith(section.ModelType + ".Random(Shape, ", section.Random(plan, seed: 1, "dtype"));
        Assert.All(section.Usings, name => Assert.StartsWith("NoraPipelines.Models.", name));
        Assert.Equal(ModelFamilies.Of(architecture).ClassifiesText, section.Head is not null);
    }
}
