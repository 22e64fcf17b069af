namespace MedR1.Samples.PretrainBase;

/// <summary>Draws from several kinds of lessons in given shares.</summary>
/// <param name="parts">The kinds and their shares.</param>
internal sealed class MixedLessons(params (double Share, ILessonSource Source)[] parts) : ILessonSource
{
    public string Name => string.Join(" + ", parts.Select(part => $"{part.Share:G2} {part.Source.Name}"));

    public Lesson Next(Random random)
    {
        double at = random.NextDouble() * parts.Sum(part => part.Share);
        foreach ((double share, ILessonSource source) in parts)
        {
            at -= share;
            if (at < 0)
            {
                return source.Next(random);
            }
        }

        return parts[^1].Source.Next(random);
    }
}
