using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

/// <summary>The encoder against transformers: every number the reference wrote down, at its own tolerances.</summary>
[Collection(RandomState.Name)]
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class GoldenEncoderTests
{
    [Fact]
    public void Hidden_states_of_every_layer_and_logits_agree()
    {
        using var golden = new GoldenEncoder();
        using var noGradient = no_grad();
        var states = new List<Tensor>();
        golden.Model.HiddenObserver = (_, x) => states.Add(x.alias().DetachFromDisposeScope());
        var logits = golden.Model.Logits(golden.Ids, golden.Mask);

        Assert.False(golden.Model.HasNewHead);
        Assert.Equal(golden.Shape.LayerCount + 1, states.Count);
        for (var layer = 0; layer < states.Count; layer++)
        {
            Near.Check(golden.Output($"hidden_states.{layer}")[golden.Mask], states[layer][golden.Mask], 2e-5, 1e-4, $"hidden_states.{layer}");
            states[layer].Dispose();
        }
        Near.Check(golden.Output("logits"), logits, 2e-5, 1e-4, "logits");
    }

    [Fact]
    public void Positions_are_those_of_the_reference()
    {
        using var golden = new GoldenEncoder();
        using var positions = golden.Model.PositionsOf(golden.Ids);
        Assert.Equal(golden.Output("position_ids").data<long>().ToArray(), positions.data<long>().ToArray());
    }

    [Fact]
    public void Loss_and_every_gradient_agree()
    {
        using var golden = new GoldenEncoder();
        var parameters = golden.Model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var value in parameters.Values) value.requires_grad_(true);
        using var batch = golden.Batch();
        var loss = ClassificationLoss.Sum(golden.Model, batch) / batch.LabelledTokens;
        loss.backward();

        Near.Check(golden.Output("loss").squeeze(), loss, 1e-5, 0, "loss");
        Assert.Equal(22, golden.Gradients.Count());
        foreach (var gradient in golden.Gradients)
            Near.Check(golden.Output($"grad.{gradient}"), parameters[gradient].grad!, 2e-5, 1e-3, gradient);
    }

    [Fact]
    public void The_file_holds_what_the_shape_counts_but_for_pooler_and_head()
    {
        using var golden = new GoldenEncoder();
        var hidden = golden.Shape.HiddenSize;
        Assert.Equal(golden.Shape.TotalParameters - hidden * (hidden + 1),
            golden.Model.Parameters.Sum(parameter => parameter.Value.numel()) - golden.Model.Classifier.Parameters.Sum(p => p.Value.numel()));
    }

    [Fact]
    public void A_head_for_another_number_of_labels_is_new_and_depends_on_the_seed_alone()
    {
        using var first = new GoldenEncoder(labels: 2);
        using var again = new GoldenEncoder(labels: 2);
        Assert.True(first.Model.HasNewHead);
        Assert.Equal(2, first.Model.Logits(first.Ids, first.Mask).shape[1]);
        foreach (var (expected, actual) in first.Model.Classifier.Parameters.Zip(again.Model.Classifier.Parameters))
            Near.Check(expected.Value, actual.Value, 0, 0, expected.Name);
    }

    [Fact]
    public void Dropout_acts_in_training_alone()
    {
        using var golden = new GoldenEncoder();
        using var noGradient = no_grad();
        golden.Model.Classifier.Training = true;
        DeviceRandom.Seed(4, TestDevice.Here);
        var dropped = golden.Model.Logits(golden.Ids, golden.Mask);
        DeviceRandom.Seed(4, TestDevice.Here);
        Near.Check(dropped, golden.Model.Logits(golden.Ids, golden.Mask), 0, 0, "the same draw");
        Assert.True((dropped - golden.Output("logits")).abs().max().item<float>() > 1e-3);

        golden.Model.Classifier.Training = false;
        Near.Check(golden.Output("logits"), golden.Model.Logits(golden.Ids, golden.Mask), 2e-5, 1e-4, "logits");
    }

    [Fact]
    public void Too_long_a_text_and_an_unknown_token_are_refused_with_the_numbers()
    {
        using var golden = new GoldenEncoder();
        var longest = golden.Shape.MaxTokens;
        Assert.Contains($"{longest + 1} in a row", Refusal(full([1, longest + 1], 5, ScalarType.Int64)));
        Assert.Contains("knows 0 to 319", Refusal(full([1, 4], 320, ScalarType.Int64)));

        string Refusal(Tensor ids) => Assert.Throws<NoraException>(() => golden.Model.Logits(ids)).Message;
    }
}
