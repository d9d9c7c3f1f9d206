using System.Text.Json;
using NoraPipelines.Export;
using NoraPipelines.Plans;

namespace NoraPipelines.Cli.Reporting;

/// <summary>How to use the exported adapter elsewhere.</summary>
internal static class UseSection
{
    public static string Draw(ReportData data)
    {
        var folder = data.Directory.AdapterFolder;
        var config = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(config)) return "";
        var (model, rank) = Read(config);
        var classes = Classes(data);
        var (python, own) = (Peft(model, folder, classes), PeftForm.Of(folder) is not null);
        var what = own ? "adapter/ holds the adapter in PEFT's own form of its method."
            : $"adapter/ holds a standard LoRA of rank {rank}{(Directory.Exists(data.Directory.NestedFolder) ? ": both pairs folded, the scale inside" : "")}.";
        if (classes is not null) return Html.Section("Use the adapter", what + " The head is beside it.", python);
        if (own) return Html.Section("Use the adapter", what + " vLLM and llama.cpp serve plain LoRA alone: merge it into the model for them.", python);
        var vllm = PeftExportResult.VllmRankFor(rank) is not null
            ? $"vllm serve {Shell(model)} --enable-lora{PeftExportResult.VllmOption(rank)} --lora-modules {Shell(data.Plan.Pipeline + "=" + folder)}"
            : $"# the adapter's rank, {rank}, is above {PeftExportResult.LargestVllmRank}, the largest that vLLM takes: merge it into the model instead";
        return Html.Section("Use the adapter", what, $"{python}<h3>vLLM</h3><pre>{Html.Text(vllm)}</pre>");
    }

    private static string Peft(string model, string folder, int? classes)
    {
        var type = classes is null ? "AutoModelForCausalLM" : "AutoModelForSequenceClassification";
        var labels = classes is null ? "" : $", num_labels={classes}";
        var code = $"""
            from peft import PeftModel
            from transformers import {type}

            base = {type}.from_pretrained({Python(model)}{labels})
            model = PeftModel.from_pretrained(base, {Python(folder)})
            """;
        return $"<h3>PEFT</h3><pre>{Html.Text(code)}</pre>";
    }

    /// <summary>Outputs of the model's head; null for a model that writes text.</summary>
    private static int? Classes(ReportData data)
    {
        var word = data.Plan.Plan["dataset"]?["task"]?.ToString();
        return Enum.GetValues<GlueTask>().Where(task => Words.Of(task) == word).Select(task => (int?)GlueTasks.Of(task).Outputs).FirstOrDefault();
    }

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
