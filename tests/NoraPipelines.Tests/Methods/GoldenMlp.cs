using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Tests.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>The two-layer model of PEFT's goldens, y = fc2(gelu(fc1(x))), with an adapter on each layer.</summary>
internal sealed class GoldenMlp : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly SafetensorsFile _inputs;
    private readonly SafetensorsFile _outputs;
    private readonly SafetensorsFile? _factors;

    public GoldenMlp(string golden, Func<GoldenMlp, LinearProjection, Adapter> adapterOf)
    {
        _inputs = Open(golden, "inputs");
        _outputs = Open(golden, "outputs");
        _factors = File.Exists(GoldenFile.Path($"{golden}/adapter_model.safetensors")) ? Open(golden, "adapter_model") : null;
        using var weights = Open(golden, "model");
        foreach (var name in new[] { "fc1", "fc2" })
        {
            var projection = new LinearProjection(name, weights.ReadHere($"{name}.weight"), weights.ReadHere($"{name}.bias"));
            Set.Add(projection, adapterOf(this, projection));
        }
        X = _inputs.ReadHere("x").requires_grad_(true);
    }

    public AdapterSet Set { get; } = new();

    public Tensor X { get; }

    public Tensor Factor(string name) => _factors!.ReadHere($"base_model.model.{name}");

    public Tensor SharedFactor(string name) => _factors!.ReadHere($"base_model.{name}");

    public Tensor Expected(string name) => _outputs.ReadHere(name);

    public Tensor Output() => Set.Items[1].Projection.Forward(nn.functional.gelu(Set.Items[0].Projection.Forward(X))); // [4, 6, 16]

    public Tensor Loss() => (Output() - _inputs.ReadHere("y")).square().mean();

    /// <summary>Output, loss, gradients and merged weights; the golden's tolerance is <paramref name="absolute"/> + 1e-4 relative.</summary>
    /// <param name="gradients">The golden's name of a parameter, from ours: lora_a → lora_A.default.weight.</param>
    public void Check(double absolute, params (string Own, string Peft)[] gradients)
    {
        var loss = Loss();
        loss.backward();
        Near.Check(Expected("output"), Output(), absolute, 1e-4, "output");
        Near.Check(Expected("loss").squeeze(), loss, absolute, 1e-4, "loss");
        Near.Check(Expected("grad.x"), X.grad!, absolute, 1e-4, "grad.x");
        foreach (var (projection, adapter) in Set.Items)
        {
            var name = projection.Path;
            foreach (var (own, peft) in gradients)
            {
                var parameter = adapter.Trainable.Single(parameter => parameter.Name == own).Value;
                Near.Check(Expected($"grad.base_model.model.{name}.{peft}"), parameter.grad!, absolute, 1e-4, $"{name} {own}");
            }
            Near.Check(Expected($"merged.{name}.weight"), projection.Weight + adapter.Delta(), absolute, 1e-4, $"{name} merged");
        }
    }

    public void CheckDelta(double absolute)
    {
        foreach (var (projection, adapter) in Set.Items)
            Near.Check(Expected($"delta_weight.{projection.Path}"), adapter.Delta(), absolute, 1e-4, $"{projection.Path} delta");
    }

    public void Dispose()
    {
        var projections = Set.Items.Select(item => item.Projection).ToArray();
        Set.Dispose();
        foreach (var projection in projections) projection.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _factors?.Dispose();
        _scope.Dispose();
    }

    private static SafetensorsFile Open(string golden, string name) =>
        SafetensorsFile.Open(GoldenFile.Path($"{golden}/{name}.safetensors"));
}
