namespace MedR1.Modeling;

/// <summary>The progress of loading a checkpoint.</summary>
/// <param name="Tensors">The number of tensors loaded.</param>
/// <param name="TotalTensors">The number of tensors to load.</param>
/// <param name="Bytes">The number of bytes loaded, in the data type of the network.</param>
/// <param name="TotalBytes">The number of bytes to load, in the data type of the network.</param>
public readonly record struct LoadProgress(int Tensors, int TotalTensors, long Bytes, long TotalBytes);
