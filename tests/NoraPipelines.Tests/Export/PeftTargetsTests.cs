using NoraPipelines.Export;

namespace NoraPipelines.Tests.Export;

/// <summary>Ways in which PEFT says which modules an adapter is on, all of which leave the same tensors.</summary>
public class PeftTargetsTests
{
    private const string Q0 = "model.layers.0.self_attn.q_proj";
    private const string V1 = "model.layers.1.self_attn.v_proj";

    public static TheoryData<string, string> Ways => new()
    {
        { "target_modules", """["q_proj","v_proj"]""" },
        { "target_modules", """["self_attn.q_proj","model.layers.1.self_attn.v_proj"]""" },
        { "target_modules", "\"all-linear\"" },
        { "target_modules", "\".*\\\\.(q_proj|v_proj)\"" },
        { "target_modules", "\"model\\\\.layers\\\\.(?P<layer>[01])\\\\.self_attn\\\\.[qv]_proj\"" },
        { "target_modules", "\"(?!.*(gate|up)_proj).*proj$\"" },
        { "layers_to_transform", "[0,1,7]" },
        { "layers_to_transform", "[]" },
        { "exclude_modules", """["down_proj","layers.0.self_attn.v_proj"]""" },
        { "exclude_modules", "\".*mlp.*\"" },
        { "layers_pattern", """["h","layers"]""" },
        { "layers_pattern", "\"layers\"" },
        { "layers_pattern", "[]" },
        { "init_lora_weights", "\"gaussian\"" },
        { "eva_config", """{"rho":2}""" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Are_read(string key, string json)
    {
        using var folder = new PeftFolder();
        folder.WriteConfig(new() { ["target_modules"] = new[] { "q_proj", "v_proj" }, ["layers_to_transform"] = new[] { 0, 1 }, [key] = "@" });
        var config = File.ReadAllText(folder["adapter_config.json"]).Replace("\"@\"", json);
        // A pattern decides alone; PEFT allows no layers beside it.
        if (json[0] == '"' && key == "target_modules") config = config.Replace("\"layers_to_transform\":[0,1]", "\"layers_to_transform\":null");
        File.WriteAllText(folder["adapter_config.json"], config);
        folder.WriteWeights((Q0, 2), (V1, 2));
        using var adapter = PeftAdapter.Load(folder.Path);
        Assert.Equal([Q0, V1], adapter.Modules.Keys.Order(StringComparer.Ordinal));
    }
}
