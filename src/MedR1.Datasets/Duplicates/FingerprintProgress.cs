namespace MedR1.Datasets;

/// <summary>How far the pictures of a data set have been looked at.</summary>
/// <param name="Pictures">Pictures whose fingerprints are taken.</param>
/// <param name="TotalPictures">All pictures, each counted once.</param>
public readonly record struct FingerprintProgress(int Pictures, int TotalPictures);
