namespace MedR1.Datasets;

/// <summary>How many images of a data set have been processed.</summary>
/// <param name="Images">Images whose fingerprints have been computed.</param>
/// <param name="TotalImages">All images, each counted once.</param>
public readonly record struct FingerprintProgress(int Images, int TotalImages);
