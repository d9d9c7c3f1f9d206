using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>What trains: an adapter on each target, by one typed call each, or the whole model.</summary>
internal static class AdapterSection
{
    public static void WriteUse(CodeWriter code, PipelineUnit unit)
    {
        code.Line();
        MethodSections.Of(unit.Plan.Adapter).WriteUse(code, unit);
    }

    public static void WriteAdapt(CodeWriter code, PipelineUnit unit) => MethodSections.Of(unit.Plan.Adapter).WriteAdapt(code, unit);

    /// <summary>The body of `Adapt`: every target of every chosen layer, stack by stack, then a head that trains beside the adapters.</summary>
    /// <param name="place">The call on a projection of `layer`, such as layer.SelfAttention.QProj.</param>
    public static void WritePlaces(CodeWriter code, PipelinePlan plan, Func<string, string> place)
    {
        foreach (var stack in plan.Adapter.TargetsIn(plan.Model.Shape).GroupBy(target => target.Stack))
        {
            using (code.Block($"foreach (var layer in {LayersOf(stack.Key, plan.Adapter.Layers)})"))
            {
                foreach (var target in stack) code.Line($"adapters.{place("layer." + target.Member)};");
            }
        }
        if (FamilySections.Of(plan).Head is { } head) code.Line($"adapters.TrainInFull(model.{head}); // the head; not counted as adapter parameters");
    }

    public static string Layers(LayerSelection layers) => layers.Indices is { } indices ? $"layers {string.Join(", ", indices)}" : "all layers";

    /// <summary>The chosen layers of a stack; those that it does not have are another stack's.</summary>
    private static string LayersOf(LayerStack stack, LayerSelection layers) => layers.Indices is { } indices
        ? $"new[] {{ {string.Join(", ", indices.Where(index => index < stack.Count))} }}.Select(index => model.{stack.Member}[index])"
        : $"model.{stack.Member}";
}
