using System.Runtime.CompilerServices;
using NoraPipelines.Export;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Emission.Methods;

/// <summary>A method is on each side: its plan, its section in the generator, its descriptor in the library, and what shows it to readers.</summary>
public sealed class MethodRegistryTests
{
    private static readonly Type[] Plans =
        [.. typeof(AdapterPlan).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(AdapterPlan)) && !type.IsAbstract)];

    /// <summary>Tests that run methods say of themselves which they lack: TrainableCountTests, BaselineRunTests.</summary>
    [Fact]
    public void Every_method_is_in_every_list()
    {
        Assert.NotEmpty(Plans);
        var shown = ShippedSpecs.Paper("methods").Units.Select(unit => unit.Plan.Adapter.Method).ToHashSet();
        var baselines = File.ReadAllText(Repository.Path("docs", "baselines.md"));
        var compared = MethodSpecs.Adapters.Select(row => ((string)row[0]).Split(' ')[0]).Append(MethodSpecs.Baseline).ToHashSet();
        var missing = Plans.SelectMany(type => Missing(type, Blank(type))).Concat(Strangers()).ToList();
        Assert.True(missing.Count == 0, string.Join("\n", missing));

        IEnumerable<string> Missing(Type type, AdapterPlan plan)
        {
            var method = plan.Method;
            if (PlannedMethods.All.All(planned => planned.Blank.GetType() != type))
                yield return $"method {method} has a plan and no line in src/NoraPipelines.Plan/Methods/PlannedMethods.cs: add {type.Name}.Described";
            if (!MethodSections.Plans.Contains(type))
                yield return $"method {method} has no section: add one, and its line in generators/NoraPipelines.Generator/Emission/Methods/MethodSections.cs";
            if (AdapterMethods.All.All(known => known.Name != method))
                yield return $"method {method} is not in the library: add an AdapterMethod of that name, and its line in src/NoraPipelines/Methods/AdapterMethods.cs";
            if (!plan.TrainsModel && !compared.Contains(method))
                yield return $"method {method} has no program among the tests: add a row to tests/NoraPipelines.Generator.Tests/MethodSpecs.cs";
            if (!shown.Contains(method))
                yield return $"method {method} is missing in pipelines/paper/methods.nora.yaml, so tests/adapter-hashes does not train it: add a variant "
                    + $"{{ name: {method.Replace('_', '-')}, adapter.method: {method}, … }}";
            if (!baselines.Contains($"`{method}`"))
                yield return $"method {method} is missing in docs/baselines.md: add a row with `{method}`";
        }
    }

    [Fact]
    public void Hashes_are_taken_of_every_variant_of_the_methods_sweep()
    {
        var script = File.ReadAllText(Repository.Path("tests", "adapter-hashes"));
        Assert.True(script.Contains("names $paper | grep '^methods\\.'"),
            "tests/adapter-hashes no longer takes its methods from the variants of pipelines/paper/methods.nora.yaml (names $paper | grep '^methods\\.'): "
            + "restore that, or test here that every method is in its own list");
    }

    [Fact]
    public void A_methods_own_form_has_its_name()
    {
        var own = AdapterMethods.All.Where(method => method.PeftForm is not null).ToArray();
        Assert.NotEmpty(own);
        Assert.All(own, method => Assert.Equal(method.Name, method.PeftForm!.Method));
    }

    /// <summary>The documentation of `adapter.start.path` is made from the plan's side, the folder is read by the library's.</summary>
    [Fact]
    public void A_method_goes_on_from_nested_factors_where_its_plan_says_so()
    {
        var wrong = from planned in PlannedMethods.All
                    join known in AdapterMethods.All on planned.Name equals known.Name
                    let nested = known.GoesOnFrom == StartSource.Nested
                    where planned.StartsFromNested != nested
                    select $"method {planned.Name}: the library's GoesOnFrom is {(nested ? "" : "not ")}StartSource.Nested, and StartsFromNested of its plan is "
                        + $"{(nested ? "false: set it to true" : "true: leave it out")}";
        Assert.True(!wrong.Any(), string.Join("\n", wrong));
    }

    [Fact]
    public void A_method_of_no_name_is_refused_with_the_names_that_there_are()
    {
        var message = Assert.Throws<NoraException>(() => AdapterMethods.Of("lorra")).Message;
        Assert.All(AdapterMethods.All, method => Assert.Contains(method.Name, message));
    }

    private static IEnumerable<string> Strangers() => AdapterMethods.All.Select(method => method.Name).Except(Plans.Select(type => Blank(type).Method))
        .Select(method => $"method {method} of src/NoraPipelines/Methods/AdapterMethods.cs has no plan: add a record derived from AdapterPlan whose Method is {method}");

    /// <summary>What is asked of it here depends on its type alone.</summary>
    private static AdapterPlan Blank(Type plan) => (AdapterPlan)RuntimeHelpers.GetUninitializedObject(plan);
}
