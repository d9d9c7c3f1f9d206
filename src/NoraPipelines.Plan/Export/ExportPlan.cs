namespace NoraPipelines.Plans;

/// <summary>What is written after training.</summary>
public sealed record ExportPlan
{
    /// <summary>A standard LoRA folder that PEFT, vLLM and llama.cpp load.</summary>
    public bool Peft { get; init; } = true;

    /// <summary>The whole model with the adapter folded into its weights.</summary>
    public bool Merged { get; init; }

    /// <summary>Of the merged model.</summary>
    public ExportDtype Dtype { get; init; }
}
