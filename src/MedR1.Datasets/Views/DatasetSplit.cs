namespace MedR1.Datasets;

/// <summary>A data set in two parts that share no example.</summary>
/// <param name="Train">The part to learn from.</param>
/// <param name="Test">The part to be measured on.</param>
public sealed record DatasetSplit(IVqaDataset Train, IVqaDataset Test);
