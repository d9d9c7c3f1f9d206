using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>Adapter folders from anywhere: what cannot be honoured exactly is refused, and nothing else is thrown.</summary>
public class PeftRefusalTests
{
    private const string Q = "model.layers.0.self_attn.q_proj";

    public static TheoryData<string, string, string> Configs => new()
    {
        { "r", "0", "'r' is 0, expected a whole number" },
        { "r", "-4", "'r' is -4" },
        { "r", "2.5", "'r' is 2.5" },
        { "r", "\"2\"", "'r' is \"2\"" },
        { "r", "99999999999", "'r' is 99999999999" },
        { "r", "3", "has lora_A [2, 3] and lora_B [5, 2], expected [3, in] and [out, 3]" },
        { "lora_alpha", "\"x\"", "'lora_alpha' is \"x\", expected a number" },
        { "lora_alpha", "1e999", "'lora_alpha' is 1e999" },
        { "lora_dropout", "1", "'lora_dropout' is 1, expected a number from 0 to below 1" },
        { "bias", "\"some\"", "expected one of none, all, lora_only" },
        { "use_dora", "true", "PEFT's own form of dora" },
        { "kasa_config", "{\"beta\":0.1}", "'kasa_config' is" },
        { "monteclora_config", "{\"n\":4}", "'monteclora_config' is" },
        { "use_tomorrows_variant", "true", "'use_tomorrows_variant' is true, expected nothing: no key of this name is known" },
        { "tomorrows_config", "{\"a\":0}", "'tomorrows_config' is" },
        { "init_lora_weights", "\"tomorrow\"", "other starts may change the base model's weights" },
        { "alpha_pattern", "{\"k_proj\":100}", "'alpha_pattern' of adapter_config.json has an entry for 'k_proj', which none of the adapter's 1 modules is (did you mean 'q_proj'?)" },
        { "modules_to_save", "[\"lm_head\"]", "'modules_to_save' is [\"lm_head\"]" },
        { "layer_replication", "[[0,1],[0,1]]", "'layer_replication'" },
        { "trainable_token_indices", "[1]", "'trainable_token_indices'" },
        { "target_modules", "7", "'target_modules' is 7, expected a list of names" },
        { "target_modules", "[1]", "expected a list of names" },
        { "target_modules", "[\"v_proj\"]", "which target_modules, layers_to_transform" },
        { "target_modules", "\"(\"", "holds a pattern that cannot be used" },
        { "target_modules", "\"(?!.*q_proj).*\"", "which target_modules, layers_to_transform" },
        { "target_modules", "\"^(?=(a+)+$)?(([a-z._0-9]+)+)+!$\"", "it takes longer than 1 s" },
        { "exclude_modules", "[\"q_proj\"]", "which target_modules, layers_to_transform and exclude_modules" },
        { "exclude_modules", "{\"a\":1}", "'exclude_modules' is {\"a\":1}, expected a list of names" },
        { "target_modules", "\"((a{1000}){1000}){1000}\"", "target_modules" },
        { "layers_to_transform", "[1]", "which target_modules, layers_to_transform" },
        { "layers_to_transform", "\"all\"", "expected a layer's number" },
        { "rank_pattern", "{\"q_proj\":4}", "expected [4, in] and [out, 4]" },
        { "rank_pattern", "{\"(\":4}", "holds a pattern that cannot be used" },
        { "rank_pattern", "[]", "expected an object" },
        { "peft_type", "\"IA3\"", "only plain LoRA adapters are read" },
        { "init_lora_weights", "\"pissa_niter_16\"", "path_initial_model_for_weight_conversion" },
    };

    [Theory]
    [MemberData(nameof(Configs))]
    public void A_config_that_is_not_of_this_plain_lora_is_refused(string key, string json, string message)
    {
        using var folder = new PeftFolder();
        folder.WriteConfig(new() { [key] = "@" });
        File.WriteAllText(folder["adapter_config.json"], File.ReadAllText(folder["adapter_config.json"]).Replace("\"@\"", json));
        folder.WriteWeights((Q, 2));
        Assert.Contains(message, Refusal(folder));
    }

    [Theory]
    [InlineData("peft_type")]
    [InlineData("r")]
    [InlineData("lora_alpha")]
    [InlineData("target_modules")]
    public void A_config_without_a_needed_key_is_refused(string key)
    {
        using var folder = new PeftFolder();
        folder.WriteConfig(new() { [key] = null });
        folder.WriteWeights((Q, 2));
        Assert.Contains($"has no '{key}'", Refusal(folder));
    }

    [Theory]
    [InlineData("base_model.model.lm_head.weight", "is no factor of a plain LoRA")]
    [InlineData($"base_model.model.{Q}.lora_magnitude_vector", "is no factor of a plain LoRA")]
    [InlineData($"{Q}.lora_A.weight", "is no factor of a plain LoRA")]
    [InlineData($"base_model.model.{Q}.lora_A.weight", "has no lora_B.weight")]
    [InlineData($"base_model.model.{Q}.lora_B.weight", "has no lora_A.weight")]
    public void A_tensor_that_is_no_factor_or_has_no_partner_is_refused(string name, string message)
    {
        using var scope = NewDisposeScope();
        using var folder = new PeftFolder();
        folder.WriteConfig();
        folder.Write([new(name, ones(2, 2))]);
        Assert.Contains(message, Refusal(folder));
    }

    [Fact]
    public void Factors_of_whole_numbers_of_other_dimensions_or_not_finite_are_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new PeftFolder();
        folder.WriteConfig();
        Write(ones(2, 3, dtype: int32), ones(5, 2, dtype: int32));
        Assert.Contains("expected floating point numbers", Refusal(folder));
        Write(ones(2, 3, 1, 1), ones(5, 2, 1, 1));
        Assert.Contains("expected [2, in] and [out, 2]", Refusal(folder));
        Write(ones(2, 0), ones(5, 2));
        Assert.Contains("no side may be empty", Refusal(folder));
        Write(full([2, 3], float.NaN), ones(5, 2));
        Assert.Contains("6 of 6 values that are NaN or infinite", Refusal(folder));

        void Write(Tensor a, Tensor b) =>
            folder.Write([new($"base_model.model.{Q}.lora_A.weight", a), new($"base_model.model.{Q}.lora_B.weight", b)]);
    }

    [Fact]
    public void A_folder_that_is_none_says_what_it_is()
    {
        using var folder = new PeftFolder();
        Assert.Contains("not found", Assert.Throws<CheckpointException>(() => PeftAdapter.Load(folder["nowhere"])).Message);
        Assert.Contains("has no adapter_config.json", Refusal(folder));
        File.WriteAllText(folder["config.json"], "{}");
        Assert.Contains("holds a whole model", Refusal(folder));
        folder.WriteConfig();
        Assert.Contains("adapter_model.safetensors: not found", Refusal(folder));
        File.WriteAllText(folder["adapter_model.bin"], "x");
        Assert.Contains("Pickles are never loaded", Refusal(folder));
        Assert.Contains("a file was found", Assert.Throws<CheckpointException>(() => PeftAdapter.Load(folder["config.json"])).Message);
    }

    private static string Refusal(PeftFolder folder)
    {
        var message = Assert.Throws<CheckpointException>(() => PeftAdapter.Load(folder.Path)).Message;
        Assert.StartsWith(folder.Path, message);
        return message;
    }
}
