using MedR1.Modeling;
using MedR1.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Samples.SchoolBase;

/// <summary>How sure the model is of what it should say, on lessons that it doesn't learn from.</summary>
internal sealed class LetterProbe(IVisionLanguagePolicy policy, LessonEncoder encoder)
{
    /// <summary>The mean probability of a right letter, and of the other tokens of the answers.</summary>
    public (double Letter, double Token) Measure(ILessonSource source, int count, int seed)
    {
        double letter = 0;
        double token = 0;
        int letters = 0;
        int tokens = 0;
        using IDisposable noGradient = no_grad();
        for (int at = 0; at < count; at += 32)
        {
            using DisposeScope scope = NewDisposeScope();
            SupervisedExample[] batch =
                [.. Enumerable.Range(at, Math.Min(32, count - at)).Select(i => encoder.Encode(source.Next(new Random(seed + i))))];
            Tensor logProbabilities_BT = policy.SequenceLogProbabilities([.. batch.Select(example => example.Sequence!)]);
            int width = (int)logProbabilities_BT.shape[1];
            float[] values = logProbabilities_BT.data<float>().ToArray();
            for (int row = 0; row < batch.Length; row++)
            {
                IReadOnlyList<float> weights = batch[row].SequenceWeights!;
                for (int i = 1; i < weights.Count; i++)
                {
                    double probability = Math.Exp(values[row * width + i - 1]);
                    if (weights[i] > 1)
                    {
                        letter += probability;
                        letters++;
                    }
                    else if (weights[i] > 0)
                    {
                        token += probability;
                        tokens++;
                    }
                }
            }
        }

        return (letters == 0 ? double.NaN : letter / letters, tokens == 0 ? double.NaN : token / tokens);
    }
}
