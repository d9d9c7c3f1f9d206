using NoraPipelines.Methods;
using NoraPipelines.Models.Clip;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>Both towers against transformers and OpenAI's code: every number the references wrote down, at their tolerances.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class GoldenClipTests
{
    [Fact]
    public void Hidden_states_of_every_layer_of_both_towers_agree()
    {
        using var golden = new GoldenClip();
        using var noGradient = no_grad();
        var seen = new Dictionary<string, Tensor>();
        golden.Model.Vision.HiddenObserver = (layer, x) => seen.Add($"vision.hidden_states.{layer}", x.alias().DetachFromDisposeScope());
        golden.Model.Text.HiddenObserver = (layer, x) => seen.Add($"text.hidden_states.{layer}", x.alias().DetachFromDisposeScope());
        var ids = golden.Input("input_ids");
        var hidden = golden.Model.Vision.Hidden(golden.Model.Vision.Embed(golden.Pixels));
        var text = golden.Model.Text.Hidden(golden.Model.Text.Embed(ids));

        Assert.Equal(4 + 3, seen.Count);
        foreach (var (name, x) in seen)
        {
            Near.Check(golden.Output(name), x, 3e-5, 1e-4, name);
            x.Dispose();
        }
        Near.Check(golden.Output("vision.last_hidden_state"), hidden, 3e-5, 1e-4, "vision.last_hidden_state");
        Near.Check(golden.Output("vision.pooler_output"), golden.Model.Vision.Pooled(hidden), 3e-5, 1e-4, "vision.pooler_output");
        Near.Check(golden.Output("text.last_hidden_state"), text, 3e-5, 1e-4, "text.last_hidden_state");
        Near.Check(golden.Output("text.pooler_output"), ClipTextTower.Pooled(text, golden.Model.Text.EndsOf(ids)), 3e-5, 1e-4, "text.pooler_output");
    }

    [Theory]
    [InlineData("")]
    [InlineData("openai.")]
    public void Features_and_logits_agree(string reference)
    {
        using var golden = new GoldenClip();
        using var noGradient = no_grad();
        var ids = golden.Input("input_ids");
        Near.Check(golden.Output($"{reference}image_features"), golden.Model.ImageFeatures(golden.Pixels), 3e-5, 1e-4, "image features");
        Near.Check(golden.Output($"{reference}text_features"), golden.Model.TextFeatures(ids), 3e-5, 1e-4, "text features");
        Near.Check(golden.Output($"{reference}logits_per_image"), golden.Model.Logits(golden.Pixels, ids), 2e-4, 0, "logits");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_and_every_gradient_agree(bool checkpointing)
    {
        using var golden = new GoldenClip();
        golden.Model.GradientCheckpointing = checkpointing;
        var parameters = golden.Model.TrainAllParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var pixels = golden.Pixels.requires_grad_(true);
        var logits = golden.Model.Logits(pixels, golden.Input("input_ids")); // [rows, classes]
        var own = arange(4, dtype: ScalarType.Int64, device: logits.device);
        var loss = (nn.functional.cross_entropy(logits, own) + nn.functional.cross_entropy(logits.t(), own)) / 2;
        loss.backward();

        Near.Check(golden.Output("loss").squeeze(), loss, 1e-5, 1e-5, "loss");
        Assert.Equal(15, golden.Gradients.Count());
        foreach (var name in golden.Gradients)
            Near.Check(golden.Output($"grad.{name}"), (name == "pixel_values" ? pixels : parameters[name]).grad!, 5e-5, 1e-3, name);
    }

    [Fact]
    public void The_file_holds_what_the_shape_counts()
    {
        using var golden = new GoldenClip();
        Assert.Equal(golden.Model.Shape.TotalParameters, golden.Model.Parameters.Sum(parameter => parameter.Value.numel()));
        Assert.DoesNotContain(golden.Model.Parameters, parameter => parameter.Value.requires_grad);
        Assert.Equal(golden.Model.Projections.Select(p => p.Path).Order(), golden.Model.Shape.Projections
            .SelectMany(projection => Enumerable.Range(0, projection.Layers).Select(projection.PathOf)).Order());
    }

    [Fact]
    public void Prompts_cut_to_the_longest_have_the_features_of_padded_ones()
    {
        using var golden = new GoldenClip("clip-lora/plain");
        using var noGradient = no_grad();
        var ids = golden.Input("prompt_ids"); // [5, 20]
        using var prompts = GoldenClip.Prompts(ids);
        Assert.True(prompts.Ids.shape[1] < ids.shape[1]);
        Near.Check(
            FewShot.Normalised(golden.Model.TextFeatures(ids)), FewShot.Normalised(golden.Model.TextFeatures(prompts)), 1e-6, 0, "normalised features");
    }
}
