namespace MedR1.Samples.PretrainBase;

/// <summary>Draws from several kinds of examples in given proportions.</summary>
/// <param name="parts">The kinds and their weights.</param>
internal sealed class MixedExamples(params (double Weight, IExampleSource Source)[] parts) : IExampleSource
{
    public string Name => string.Join(" + ", parts.Select(part => $"{part.Weight:G2} {part.Source.Name}"));

    public PretrainingExample Next(Random random)
    {
        double at = random.NextDouble() * parts.Sum(part => part.Weight);
        foreach ((double weight, IExampleSource source) in parts)
        {
            at -= weight;
            if (at < 0)
            {
                return source.Next(random);
            }
        }

        return parts[^1].Source.Next(random);
    }
}
