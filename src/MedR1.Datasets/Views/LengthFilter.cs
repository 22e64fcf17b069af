namespace MedR1.Datasets;

/// <summary>A data set in two parts by the tokens that its questions take.</summary>
/// <param name="Kept">Examples within the limit.</param>
/// <param name="Overlong">Examples beyond it.</param>
/// <param name="MostTokens">The most tokens that an example takes.</param>
public sealed record LengthFilter(IVqaDataset Kept, IVqaDataset Overlong, int MostTokens);
