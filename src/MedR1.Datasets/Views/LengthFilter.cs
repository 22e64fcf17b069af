namespace MedR1.Datasets;

/// <summary>A data set in two parts by the number of tokens in its questions.</summary>
/// <param name="Kept">Examples within the limit.</param>
/// <param name="Overlong">Examples over the limit.</param>
/// <param name="MaxTokens">The maximum number of tokens in an example.</param>
public sealed record LengthFilter(IVqaDataset Kept, IVqaDataset Overlong, int MaxTokens);
