namespace MedR1.Training;

/// <summary>The examples of an optimizer step, encoded and split into micro-steps.</summary>
internal sealed record SftBatch(IReadOnlyList<EncodedExample[]> MicroSteps)
{
    /// <summary>The sum of all weights, by which the step's loss is divided.</summary>
    public double TotalWeight =>
        MicroSteps.SelectMany(examples => examples).Sum(example => example.Weights.Sum(weight => (double)weight));

    /// <summary>Tokens of prompts and answers.</summary>
    public long TokenCount => MicroSteps.SelectMany(examples => examples).Sum(example => (long)example.TokenCount);
}
