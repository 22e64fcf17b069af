namespace MedR1.Datasets;

/// <summary>A data set in two parts by the number of tokens in its questions.</summary>
/// <param name="Kept">Examples within the limit.</param>
/// <param name="Overlong">Examples over the limit.</param>
/// <param name="MaxTokens">The number of tokens of the longest example, kept or not; not the limit.</param>
public sealed record LengthFilter(IVqaDataset Kept, IVqaDataset Overlong, int MaxTokens);
