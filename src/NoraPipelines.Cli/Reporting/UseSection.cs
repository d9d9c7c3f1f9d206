using System.Text.Json;

namespace NoraPipelines.Cli.Reporting;

/// <summary>How to use the exported adapter elsewhere.</summary>
internal static class UseSection
{
    /// <summary>vLLM's --max-lora-rank takes these alone, and has the first as its default.</summary>
    private static readonly int[] VllmRanks = [16, 32, 64, 128, 256, 320, 512];

    public static string Draw(ReportData data)
    {
        var config = Path.Combine(data.Directory.AdapterFolder, "adapter_config.json");
        if (!File.Exists(config)) return "";
        var (model, rank) = Read(config);
        var folder = data.Directory.AdapterFolder;
        var python = $"""
            from peft import PeftModel
            from transformers import AutoModelForCausalLM

            base = AutoModelForCausalLM.from_pretrained({Python(model)})
            model = PeftModel.from_pretrained(base, {Python(folder)})
            """;
        if (Own(config))
        {
            return Html.Section("Use the adapter", "adapter/ holds the adapter in PEFT's own form of its method. vLLM and llama.cpp serve plain "
                + "LoRA alone: merge it into the model for them.", $"<h3>PEFT</h3><pre>{Html.Text(python)}</pre>");
        }
        var allowed = VllmRanks.FirstOrDefault(allowed => allowed >= rank);
        var vllm = allowed == 0
            ? $"# the adapter's rank, {rank}, is above {VllmRanks[^1]}, the largest that vLLM takes: merge it into the model instead"
            : $"vllm serve {Shell(model)} --enable-lora --max-lora-rank {allowed} --lora-modules {Shell(data.Plan.Pipeline + "=" + folder)}";
        return Html.Section("Use the adapter", $"adapter/ holds a standard LoRA of rank {rank}: both pairs folded, the scale inside.",
            $"<h3>PEFT</h3><pre>{Html.Text(python)}</pre><h3>vLLM</h3><pre>{Html.Text(vllm)}</pre>");
    }

    /// <summary>Whether it is a method's own form rather than a plain LoRA.</summary>
    private static bool Own(string config) => Export.PeftForm.Of(Path.GetDirectoryName(config)!) is not null;

    private static (string Model, int Rank) Read(string config)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(config));
            var root = document.RootElement;
            var model = root.TryGetProperty("base_model_name_or_path", out var name) && name.GetString() is { Length: > 0 } found ? found : "BASE_MODEL";
            return (model, root.TryGetProperty("r", out var rank) && rank.TryGetInt32(out var number) ? number : 0);
        }
        catch (JsonException problem)
        {
            throw new NoraException($"{config}: {problem.Message} Expected the adapter_config.json that the run exported.", problem);
        }
    }

    private static string Python(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    private static string Shell(string word) => word.All(letter => char.IsAsciiLetterOrDigit(letter) || "/._-=+:@".Contains(letter, StringComparison.Ordinal))
        ? word
        : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
