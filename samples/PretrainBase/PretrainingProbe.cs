using MedR1.Modeling;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Samples.PretrainBase;

/// <summary>Measures the model's confidence in the right answers of examples that it doesn't learn from.</summary>
internal sealed class PretrainingProbe(IVisionLanguagePolicy policy, PretrainingEncoder encoder)
{
    private const int BatchSize = 32;

    /// <summary>The mean probability of a whole right answer, given the text before it.</summary>
    public double Measure(IExampleSource source, int count, int seed)
    {
        List<double> answers = [];
        using IDisposable noGradient = no_grad();
        for (int at = 0; at < count; at += BatchSize)
        {
            using DisposeScope scope = NewDisposeScope();
            SupervisedExample[] batch =
                [.. Enumerable.Range(at, Math.Min(BatchSize, count - at)).Select(i => encoder.Encode(source.Next(new Random(seed + i))))];
            using TokenStatistics statistics =
                policy.SequenceLogProbabilities([.. batch.Select(example => example.Sequence!)]);
            int width = (int)statistics.LogProbabilities.shape[1];
            float[] values = statistics.LogProbabilities.data<float>().ToArray();
            for (int row = 0; row < batch.Length; row++)
            {
                answers.AddRange(Answers(batch[row].SequenceWeights!, values.AsSpan(row * width, width)));
            }
        }

        return answers.Average();
    }

    /// <summary>The probability of each answer, which is a run of tokens that count.</summary>
    private static List<double> Answers(IReadOnlyList<float> weights, ReadOnlySpan<float> logProbabilities)
    {
        List<double> answers = [];
        double sum = 0;
        for (int token = 1; token < weights.Count; token++)
        {
            if (weights[token] > 0)
            {
                sum += logProbabilities[token - 1];
            }
            else if (weights[token - 1] > 0)
            {
                answers.Add(Math.Exp(sum));
                sum = 0;
            }
        }

        return answers;
    }
}
