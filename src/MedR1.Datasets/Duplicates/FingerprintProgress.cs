namespace MedR1.Datasets;

/// <summary>How many images of a data set have been processed.</summary>
/// <param name="Pictures">Images whose fingerprints have been computed.</param>
/// <param name="TotalPictures">All images, each counted once.</param>
public readonly record struct FingerprintProgress(int Pictures, int TotalPictures);
