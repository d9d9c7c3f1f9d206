using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>Classification by prompts, one class a prompt; all of it in float32.</summary>
// Legend: rows = pictures, classes = prompts of one template, embedding = of both towers' space.
public static class FewShot
{
    /// <summary>x / ‖x‖₂ of every row, [rows, embedding].</summary>
    public static Tensor Normalised(Tensor features)
    {
        using var scope = NewDisposeScope();
        return (features / features.norm(1, keepdim: true, p: 2)).MoveToOuterDisposeScope();
    }

    /// <summary>scale · î·t̂ᵀ, [rows, classes].</summary>
    /// <param name="images">Features of pictures, [rows, embedding], normalised here.</param>
    /// <param name="classes">Weights of the classes, [classes, embedding], normalised already.</param>
    /// <param name="scale">A scalar: <see cref="ClipModel.LogitScale"/>, or 100.</param>
    public static Tensor Logits(Tensor images, Tensor classes, Tensor scale)
    {
        using var scope = NewDisposeScope();
        return (Normalised(images).mm(classes.t()) * scale).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Weights of the classes from several templates, [classes, embedding]: normalised, averaged over the templates, normalised again
    /// (Radford et al. 2021, section 3.1.4).
    /// </summary>
    /// <param name="templates">The classes' prompts by each template, in the same order of classes.</param>
    /// <exception cref="NoraException">There is no template, or two have different numbers of classes.</exception>
    public static Tensor ClassWeights(ClipModel model, params IReadOnlyList<PromptBatch> templates)
    {
        if (templates.Count == 0) throw new NoraException("Class weights were asked for without a template; give at least one.");
        if (templates.Select(prompts => prompts.Rows).Distinct().Count() > 1)
        {
            throw new NoraException($"The templates have {string.Join(", ", templates.Select(prompts => prompts.Rows))} prompts; expected one prompt a class from each of "
                + "them. Make them of the same class names.");
        }
        using var scope = NewDisposeScope();
        var sum = Of(templates[0]);
        foreach (var prompts in templates.Skip(1)) sum = sum + Of(prompts);
        // The mean of one template is normalised already.
        return (templates.Count == 1 ? sum : Normalised(sum / templates.Count)).MoveToOuterDisposeScope();

        Tensor Of(PromptBatch prompts) => Normalised(model.TextFeatures(prompts));
    }
}
