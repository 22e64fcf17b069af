namespace MedR1.Models.Qwen2VL;

/// <summary>Where the weights of a loaded model lie.</summary>
public enum WeightStorage
{
    /// <summary>
    /// In memory of their own, read from the files: for training, and where the files may change under the model.
    /// </summary>
    Memory,

    /// <summary>
    /// In the mapped files: loading takes no time, pages come in when they are first used, and processes share them. For
    /// answering on the CPU. Nothing may cut a file short while the model lives: the process would crash. Weights that
    /// are trained are copied page by page, which is slower than reading them at once. Weights that go to another
    /// device, or are wanted in another type than the file's, are read as if <see cref="Memory"/> were given.
    /// </summary>
    MappedFiles,
}
