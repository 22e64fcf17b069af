namespace MedR1.Models.Qwen2VL;

/// <summary>How far the loading of a checkpoint has got.</summary>
/// <param name="Tensors">Tensors loaded.</param>
/// <param name="TotalTensors">Tensors of the checkpoint.</param>
/// <param name="Bytes">Bytes loaded, in the data type of the network.</param>
/// <param name="TotalBytes">Bytes of the network.</param>
public readonly record struct LoadProgress(int Tensors, int TotalTensors, long Bytes, long TotalBytes);
