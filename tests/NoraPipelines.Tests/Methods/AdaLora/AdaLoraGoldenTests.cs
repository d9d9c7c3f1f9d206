using System.Text.Json;
using NoraPipelines.Methods;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

/// <summary>
/// AdaLoRA against PEFT: output, gradients, and twelve steps of importance, budget and masks. The golden's loss_with_orth is its plain loss to
/// the last bit, so its run left the penalty out, and so do these steps; the penalty is compared with its formula.
/// </summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class AdaLoraGoldenTests
{
    private const string Golden = "peft-adalora";

    // Ours to PEFT's.
    private static readonly (string Own, string Peft)[] Names = [("lora_a", "lora_A"), ("lora_e", "lora_E"), ("lora_b", "lora_B")];

    private static readonly RankBudget Budget = new(InitialRank: 6, TargetRank: 3, InitialSteps: 2, FinalSteps: 3, EverySteps: 2, Steps: 12);

    [Fact]
    public void Output_loss_and_merged_weights_are_those_of_peft()
    {
        using var golden = Started();
        using var ranks = new RankAllocator(golden.Set, Budget, 0.85, 0.8, 0.5);
        var loss = golden.Loss();
        Near.Check(golden.Expected("forward.output"), golden.Output(), 1e-5, 1e-3, "output");
        Near.Check(golden.Expected("forward.loss_plain").squeeze(), loss, 1e-5, 1e-3, "loss");
        Near.Check(golden.Expected("forward.loss_with_orth"), golden.Expected("forward.loss_plain"), 0, 0, "the golden's penalty");
        loss.backward();
        Near.Check(golden.Expected("forward.grad.x"), golden.X.grad!, 1e-5, 1e-3, "x");
        foreach (var (projection, adapter) in golden.Set.Items)
            Near.Check(golden.Expected($"forward.delta_weight.{projection.Path}"), adapter.Delta(), 1e-5, 1e-3, projection.Path);
    }

    [Fact]
    public void Twelve_steps_give_the_importance_budgets_masks_and_values_of_peft()
    {
        using var golden = Started();
        using var ranks = new RankAllocator(golden.Set, Budget, 0.85, 0.8, 0.5);
        using var trace = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path("peft-adalora/trace.json")));
        for (var step = 1; step <= Budget.Steps; step++)
        {
            var expected = trace.RootElement[step - 1];
            var loss = golden.Loss();
            Assert.Equal(expected.GetProperty("loss_with_orth").GetDouble(), loss.item<float>(), 1e-3);
            loss.backward();
            using (no_grad())
            {
                if (step == 1) foreach (var (name, value) in golden.Set.Trainable) Near.Check(golden.Expected($"step1.grad.base_model.model.{Peft(name)}.default"), value.grad!, 1e-5, 1e-3, name);
                foreach (var (_, value) in golden.Set.Trainable) value.sub_(value.grad! * 0.05);
            }
            ranks.Update(step);
            foreach (var (_, value) in golden.Set.Trainable) value.grad!.zero_();

            Assert.Equal(expected.GetProperty("budget").GetInt32(), Budget.After(step, 2).Triples);
            foreach (var (name, value) in golden.Set.Trainable)
                Near.Check(golden.Expected($"step{step}.base_model.model.{Peft(name)}.default"), value, 1e-5, 1e-3, $"step {step} {name}");
            foreach (var (projection, adapter) in golden.Set.Items)
            {
                var nonZero = expected.GetProperty("nonzero_E").GetProperty($"base_model.model.{projection.Path}.lora_E.default").GetInt32();
                Assert.Equal(nonZero, ((AdaLoraAdapter)adapter).Kept().Count(kept => kept));
                if (expected.GetProperty("rank_pattern") is not { ValueKind: JsonValueKind.Object } pattern) continue;
                bool[] rows = [.. pattern.GetProperty($"{projection.Path}.lora_E.default").EnumerateArray().Select(row => row.GetBoolean())];
                Assert.Equal(rows.Count(row => row), ranks.Ranks[projection.Path]);
                Assert.Equal(rows, ranks.State.Single(state => state.Name == $"{projection.Path}.kept").Value.data<bool>().ToArray());
            }
            if (step < Budget.LastAllocation) CheckImportance(golden, ranks, step);
        }
        Near.Check(golden.Expected("final.output"), golden.Output(), 1e-5, 1e-3, "output");
    }

    [Fact]
    public void The_penalty_and_its_gradient_are_the_formula()
    {
        using var golden = Started();
        using var ranks = new RankAllocator(golden.Set, Budget, orthogonalWeight: 0.5);
        var penalty = ranks.Penalty();
        penalty.backward();
        // 0.5 · mean of ‖Q·Qᵀ − 1‖ and ‖Pᵀ·P − 1‖, worked out in double precision from the golden's start.
        Assert.Equal(2.0653208342157043, penalty.item<float>(), 1e-5);
        Assert.Equal(penalty.item<float>(), ranks.Metrics["orthogonal_penalty"]);
        foreach (var (name, value) in golden.Set.Trainable)
        {
            if (name.EndsWith("lora_e", StringComparison.Ordinal))
            {
                Assert.Null(value.grad);
                continue;
            }
            // d‖G − 1‖/dQ = 2·(G − 1)·Q / ‖G − 1‖, and four norms share the weight.
            var rows = name.EndsWith("lora_a", StringComparison.Ordinal) ? value.detach().to(float64) : value.detach().t().to(float64);
            var off = rows.mm(rows.t()) - eye(6, dtype: float64, device: TestDevice.Here);
            var gradient = off.mm(rows) * (2 * 0.5 / 4) / off.norm();
            Near.Check(gradient, name.EndsWith("lora_a", StringComparison.Ordinal) ? value.grad! : value.grad!.t(), 1e-5, 1e-4, name);
        }
    }

    private static void CheckImportance(GoldenMlp golden, RankAllocator ranks, int step)
    {
        foreach (var (name, value) in ranks.State.Where(state => !state.Name.EndsWith("kept", StringComparison.Ordinal)))
        {
            var dot = name.LastIndexOf('.');
            var kind = name[(dot + 1)..] == "importance" ? "exp_avg_ipt" : "exp_avg_unc";
            Near.Check(golden.Expected($"step{step}.{kind}.{Peft(name[..dot])}.default"), value, 1e-7, 1e-2, $"step {step} {name}");
        }
    }

    /// <summary>fc1.lora_a → fc1.lora_A.</summary>
    private static string Peft(string name) => Names.Aggregate(name, (text, pair) => text.Replace(pair.Own, pair.Peft));

    private static GoldenMlp Started() => new(Golden, (mlp, projection) =>
    {
        var adapter = new AdaLoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 6, alpha: 12, dropout: 0, TestDevice.Here);
        Tensor Start(string name) => mlp.Expected($"step0.base_model.model.{projection.Path}.{name}.default");
        adapter.SetFactors(Start("lora_B"), Start("lora_E"), Start("lora_A"));
        return adapter;
    });
}
