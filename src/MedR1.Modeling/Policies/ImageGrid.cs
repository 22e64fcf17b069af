namespace MedR1.Modeling;

/// <summary>
/// The grid of patches of one image or clip. Outside its family, only the number of patches counts: the sampler divides features in
/// proportion to it (<see cref="IVisionLanguagePolicy.EncodeImages"/>) and estimates the work of a prompt.
/// </summary>
/// <param name="Frames">Temporal patches; 1 for an image.</param>
/// <param name="Rows">Patch rows.</param>
/// <param name="Columns">Patch columns.</param>
public readonly record struct ImageGrid(int Frames, int Rows, int Columns)
{
    /// <summary>Number of patches.</summary>
    /// <exception cref="OverflowException">The number does not fit an integer of 32 bits.</exception>
    public int PatchCount => checked(Frames * Rows * Columns);
}
