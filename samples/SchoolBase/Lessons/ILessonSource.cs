namespace MedR1.Samples.SchoolBase;

/// <summary>Makes lessons of one kind without end.</summary>
internal interface ILessonSource
{
    /// <summary>A name for the log.</summary>
    string Name { get; }

    /// <summary>Makes the next lesson.</summary>
    /// <param name="random">Where the choices come from.</param>
    Lesson Next(Random random);
}
