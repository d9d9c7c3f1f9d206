using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

[Collection(RandomState.Name)]
public sealed class MemoryTests
{
    [Theory]
    [InlineData(false, ScalarType.Float32)]
    [InlineData(true, ScalarType.Float32)]
    [InlineData(false, ScalarType.BFloat16)]
    [InlineData(true, ScalarType.BFloat16)]
    public void Three_hundred_steps_leave_no_tensor_behind(bool recompute, ScalarType dtype)
    {
        using var model = TinyDecoder.Create(dtype: dtype);
        using var adapters = TinyAdapters.Nested(model, dropout: 0.1);
        adapters.Training = true;
        model.GradientCheckpointing = recompute;
        var live = new List<long>();

        for (var step = 0; step < 300; step++)
        {
            using (var scope = NewDisposeScope())
            {
                var ids = TinyDecoder.Ids(2, 8);
                CausalLoss.Sum(model, ids, TinyDecoder.Labels(ids)).backward();
                foreach (var (_, value) in adapters.Trainable) value.grad!.zero_();
            }
            live.Add(TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        // The first steps may allocate what stays (gradients).
        Assert.Equal(live[4], live[^1]);
        Assert.Equal(TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, live[^1]);
    }

    [Fact]
    public void Disposing_model_and_adapters_gives_everything_back()
    {
        var before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var model = TinyDecoder.Create())
        using (TinyAdapters.LowRank(model))
        using (NewDisposeScope())
        {
            using var noGradient = no_grad();
            _ = model.Hidden(TinyDecoder.Ids(1, 5));
        }
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
