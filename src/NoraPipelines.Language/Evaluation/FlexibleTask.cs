using NoraPipelines.Plans;

namespace NoraPipelines.Evaluation;

/// <summary>A task that counts outputs twice: exact_match by the protocol's strict reading, flexible by a laxer one.</summary>
public abstract class FlexibleTask(TaskProtocol protocol) : AnsweredTask(protocol)
{
    protected override Dictionary<string, double> Metrics(IReadOnlyList<Prediction> predictions) => new()
    {
        ["exact_match"] = Correct(predictions),
        ["flexible"] = predictions.Average(prediction => prediction.Flexible == (prediction.GoldForm ?? prediction.Gold) ? 1.0 : 0.0),
    };
}
