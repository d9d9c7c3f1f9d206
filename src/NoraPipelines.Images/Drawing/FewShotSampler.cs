namespace NoraPipelines.Images;

/// <summary>Whose draw of a few images per class: the same seed takes other images in each.</summary>
public enum FewShotSampler
{
    /// <summary>Dassl (KaiyangZhou/Dassl.pytorch c61a1b57): training rows, then validation rows; a class with fewer rows is taken whole.</summary>
    Coop,

    /// <summary>CLIP-LoRA (MaxZanella/CLIP-LoRA 358f0d73): validation rows first; a class with fewer rows is drawn with replacement.</summary>
    ClipLora,

    /// <summary>Tip-Adapter: training rows with seed 1 whatever the seed, with replacement where a class has fewer; validation is whole.</summary>
    TipAdapter,
}
