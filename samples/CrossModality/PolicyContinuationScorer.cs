using MedR1.Evaluation;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Samples.CrossModality;

/// <summary>Scores texts with a model in this process: the prompt is computed once, its continuations stand behind it.</summary>
internal sealed class PolicyContinuationScorer(IVisionLanguagePolicy policy) : IContinuationScorer
{
    public ValueTask<IReadOnlyList<IReadOnlyList<float>>> ScoreAsync(
        VqaPrompt prompt, IReadOnlyList<string> continuations, CancellationToken cancellationToken = default)
    {
        EncodedPrompt encoded = policy.Processor.Encode(prompt, cancellationToken);
        IReadOnlyList<int>[] tokens = [.. continuations.Select(text => policy.Processor.Tokenizer.Encode(text))];
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using TokenStatistics statistics = policy.TokenLogProbabilities(
            [new PackedGroup(encoded, tokens)], new TokenStatisticsOptions { SuppressedTokenIds = policy.SuppressedTokenIds });
        int width = (int)statistics.LogProbabilities.shape[1];
        float[] values = statistics.LogProbabilities.cpu().contiguous().data<float>().ToArray();
        return ValueTask.FromResult<IReadOnlyList<IReadOnlyList<float>>>(
            [.. tokens.Select((text, row) => (IReadOnlyList<float>)values[(row * width)..(row * width + text.Count)])]);
    }
}
