using MedR1.Losses;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Computes token statistics from the input of the head, one piece of the vocabulary at a time, so that the full logits never
/// exist at once.
/// </summary>
internal static class HeadInPieces
{
    /// <param name="states"><c>[M, hidden]</c>, after the final norm.</param>
    /// <param name="weight"><c>[vocabulary, hidden]</c></param>
    /// <param name="table">The tokens, and the states that predict them.</param>
    /// <param name="options">Temperature, suppressed tokens, entropies.</param>
    public static TokenStatistics Compute(
        Tensor states, Tensor weight, TokenTargets table, TokenStatisticsOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor sources, Tensor targets, Tensor mask) = table.ToDevice(states.device);
        FusedTokenLogProbabilities figures = FusedLogProbabilities.Compute(
            states.index_select(0, sources.view(-1)), weight, targets.view(-1), null, mask.view(-1),
            new FusedLogProbabilityOptions
            {
                Temperature = options.Temperature,
                SuppressedTokenIds = options.SuppressedTokenIds,
            });
        Tensor logProbabilities = figures.LogProbabilities.view(mask.shape).MoveToOuterDisposeScope();
        Tensor? entropies = options.WithEntropies ? figures.Entropies.view(mask.shape) : null;
        if (!options.WithEntropyGradient)
            entropies = entropies?.detach();
        return new TokenStatistics(logProbabilities, mask.MoveToOuterDisposeScope(), entropies?.MoveToOuterDisposeScope())
        {
            BackwardState = figures,
        };
    }
}
