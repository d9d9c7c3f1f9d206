namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>What is written after training.</summary>
    public static class Export
    {
        private static readonly KeyPart<ExportPlan> Part = new(
            "export", new ExportPlan(), plan => plan.Export, (plan, export) => plan with { Export = export });

        public static readonly SpecKey<bool> Peft = Part.Switch("peft", "A standard LoRA folder that PEFT, vLLM and llama.cpp load; true but for method full.",
            export => export.Peft, (export, writes) => export with { Peft = writes }) with
        {
            RunTime = true,
            Owner = adapter => !adapter.TrainsModel,
            Obstacle = plan => plan.Adapter.TrainsModel ? $"method {plan.Adapter.Method} trains the weights themselves, so there is no adapter to export" : null,
            // Full training leaves no adapter to export.
            LeftOut = plan => plan.Adapter.TrainsModel ? plan with { Export = plan.Export with { Peft = false } } : plan,
        };

        public static readonly SpecKey<bool> Merged = Part.Switch("merged", "The whole model with the adapter folded into its weights.",
            export => export.Merged, (export, writes) => export with { Merged = writes }) with
        { RunTime = true };

        public static readonly SpecKey<ExportDtype> Dtype = Part.Choice("dtype",
            "What a merged model's weights are written in; base: as the base model's files are, or in `model.dtype` where it began at random.",
            export => export.Dtype, (export, dtype) => export with { Dtype = dtype }) with
        { RunTime = true };

        /// <summary>Everything that can be asked for; each is a property of <see cref="ExportPlan"/>.</summary>
        internal static IReadOnlyList<SpecKey<bool>> All { get; } = [Peft, Merged];

        internal static SectionKey Section { get; } =
            SectionKey.Of("export", "What is written after training, besides the nested factors themselves.", [.. All, Dtype]);
    }
}
