using System.Runtime.CompilerServices;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Emission.Methods;

/// <summary>A method is on each side: its plan, its section in the generator, its descriptor in the library.</summary>
public sealed class MethodRegistryTests
{
    private static readonly Type[] Plans =
        [.. typeof(AdapterPlan).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(AdapterPlan)) && !type.IsAbstract)];

    [Fact]
    public void Every_plan_has_a_section_and_a_method_of_the_library()
    {
        Assert.Equal(13, Plans.Length);
        Assert.Equal(Plans.Select(type => type.Name).Order(), MethodSections.Plans.Select(type => type.Name).Order());
        Assert.Equal(Plans.Select(Word).Order(), AdapterMethods.All.Select(method => method.Name).Order());
    }

    [Fact]
    public void A_methods_own_form_has_its_name()
    {
        var own = AdapterMethods.All.Where(method => method.PeftForm is not null).ToArray();
        Assert.Equal(["adalora", "dora", "lokr", "rslora", "vera"], own.Select(method => method.Name).Order());
        Assert.All(own, method => Assert.Equal(method.Name, method.PeftForm!.Method));
    }

    [Fact]
    public void A_method_of_no_name_is_refused_with_the_names_that_there_are() =>
        Assert.Contains("nora, lora, lora_xs", Assert.Throws<NoraException>(() => AdapterMethods.Of("lorra")).Message);

    /// <summary>The plan's word depends on its type alone.</summary>
    private static string Word(Type plan) => ((AdapterPlan)RuntimeHelpers.GetUninitializedObject(plan)).Method;
}
