namespace MedR1.Samples.PretrainBase;

/// <summary>Creates lessons of one kind without end.</summary>
internal interface ILessonSource
{
    /// <summary>A name for the log.</summary>
    string Name { get; }

    /// <summary>Creates the next lesson.</summary>
    /// <param name="random">The source of the random choices.</param>
    Lesson Next(Random random);
}
