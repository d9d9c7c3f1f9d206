using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>What trains at one position: a pair Left·Right, or one square matrix.</summary>
/// <param name="Left">The square matrix where there is no pair.</param>
/// <param name="Name">Of the stream that a random start is drawn from: inner, w_b.</param>
/// <param name="BetweenFactors">Whether it stands between A and B, on the r directions that the outer SVD orders.</param>
public sealed record InnerSlot(string Name, Tensor Left, Tensor? Right, bool BetweenFactors);
