namespace MedR1.Modeling;

/// <summary>Where the weights of a loaded model are kept.</summary>
public enum WeightStorage
{
    /// <summary>In memory, for training, or if the files may change while the model is in use.</summary>
    Memory,

    /// <summary>
    /// Memory-mapped from the files: loading is immediate, pages are read on first use, and processes share them. Meant for
    /// inference on the CPU. The files must not be truncated while the model is in use, or the process crashes. Trained weights are
    /// copied page by page, which is slower than reading them at once. Weights on a different device, or of a data type other than
    /// the file's, are read as with <see cref="Memory"/>.
    /// </summary>
    MappedFiles,
}
