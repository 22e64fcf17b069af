namespace MedR1.Models.Qwen2VL;

/// <summary>Where the weights of a loaded model lie.</summary>
public enum WeightStorage
{
    /// <summary>
    /// In memory of their own, read from the files: for training, and where the files may change under the model.
    /// </summary>
    Memory,

    /// <summary>
    /// Memory-mapped from the files: loading is immediate, pages are read on first use, and processes share them. Meant for
    /// inference on the CPU. The files must not be truncated while the model is in use, or the process crashes. Weights that
    /// are trained are copied page by page, which is slower than reading them at once. Weights that go to another
    /// device, or are wanted in another type than the file's, are read as if <see cref="Memory"/> were given.
    /// </summary>
    MappedFiles,
}
