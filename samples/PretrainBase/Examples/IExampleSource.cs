namespace MedR1.Samples.PretrainBase;

/// <summary>Creates examples of one kind without end.</summary>
internal interface IExampleSource
{
    /// <summary>A name for the log.</summary>
    string Name { get; }

    /// <summary>Creates the next example.</summary>
    /// <param name="random">The source of the random choices.</param>
    PretrainingExample Next(Random random);
}
