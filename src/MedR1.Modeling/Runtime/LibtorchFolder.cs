namespace MedR1.Modeling;

/// <summary>A folder that contains libtorch, and the rule that found it.</summary>
/// <param name="Path">The folder of <c>libtorch_cpu.so</c>.</param>
/// <param name="Source">The rule.</param>
internal sealed record LibtorchFolder(string Path, TorchLibrarySource Source)
{
    /// <summary>The path of <c>libtorch_cpu</c>, which every build contains.</summary>
    public string MainLibrary => System.IO.Path.Combine(Path, NativeLibraryNames.FileName("torch_cpu"));

    /// <summary>Whether the folder contains a CUDA build.</summary>
    public bool HasCuda => File.Exists(System.IO.Path.Combine(Path, NativeLibraryNames.FileName("torch_cuda")));

    /// <summary>The libraries to load, each after its dependencies.</summary>
    public IEnumerable<string> LoadOrder =>
        (HasCuda ? ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"] : (string[])["c10", "torch_cpu", "torch"])
        .Select(name => System.IO.Path.Combine(Path, NativeLibraryNames.FileName(name)));
}
