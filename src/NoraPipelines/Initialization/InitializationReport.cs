namespace NoraPipelines.Initialization;

/// <summary>What an initialisation did, projection by projection.</summary>
public sealed record InitializationReport(IReadOnlyList<ProjectionInitialization> Projections)
{
    /// <summary>Means of the errors over all projections, each with the same weight; null where none were measured.</summary>
    public OutputErrors? MeanErrors
    {
        get
        {
            OutputErrors[] all = [.. Projections.Select(projection => projection.Errors).OfType<OutputErrors>()];
            if (all.Length == 0) return null;
            return new OutputErrors(
                all.Average(errors => errors.Random),
                all.Average(errors => errors.Svd),
                all.Average(errors => errors.AwSvd),
                all.Average(errors => errors.Covariance));
        }
    }

    /// <summary>Sentences for the user, one for each projection that starts far from its weight.</summary>
    public IEnumerable<string> Warnings => Projections.Select(projection => projection.Warning).OfType<string>();
}

/// <summary>One projection's start.</summary>
/// <param name="Projection">model.layers.0.self_attn.q_proj.</param>
/// <param name="FlooredChannels">Input channels whose S was raised to the floor.</param>
/// <param name="StartRatio">‖ΔW‖_F / ‖W‖_F before the first step.</param>
/// <param name="Errors">Null where no tokens were held out, or the projection gives nothing but zeros.</param>
public sealed record ProjectionInitialization(string Projection, int FlooredChannels, double StartRatio, OutputErrors? Errors)
{
    /// <summary>A start above this changes the model before it has learnt anything.</summary>
    public const double LargestStart = 0.05;

    /// <summary>The adapter was trained before: it is to change the model from the beginning.</summary>
    public bool GoesOn { get; init; }

    public string? Warning => StartRatio > LargestStart && !GoesOn
        ? FormattableString.Invariant($"{Projection}: the adapter starts at {StartRatio:P1} of the weight's norm, ") +
            FormattableString.Invariant($"above {LargestStart:P0}; ") +
            "lower adapter.inner.std, or choose another adapter.inner.init."
        : null;
}

/// <summary>
/// Output errors ‖X(W − BA)ᵀ‖_F / ‖XWᵀ‖_F at the outer rank on held-out tokens, for every way to choose the outer pair. 1 is what
/// leaving the weight out altogether gives; a random pair has the norm of the weight, so it lies near √2.
/// </summary>
/// <param name="AwSvd">With the statistic and exponent of the plan.</param>
/// <param name="Covariance">The least that any pair can reach on inputs like these; null where second moments were not collected.</param>
public sealed record OutputErrors(double Random, double Svd, double AwSvd, double? Covariance);
