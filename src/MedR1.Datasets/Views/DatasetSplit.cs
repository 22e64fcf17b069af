namespace MedR1.Datasets;

/// <summary>A data set in two parts that share no example.</summary>
/// <param name="Train">The training part.</param>
/// <param name="Test">The test part.</param>
public sealed record DatasetSplit(IVqaDataset Train, IVqaDataset Test);
