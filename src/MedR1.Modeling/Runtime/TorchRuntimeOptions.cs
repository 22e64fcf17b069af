namespace MedR1.Modeling;

/// <summary>Where <see cref="TorchRuntime"/> looks for the native libraries of TorchSharp.</summary>
public sealed record TorchRuntimeOptions
{
    /// <summary>
    /// Folder of an external libtorch 2.10 (CPU or CUDA): the folder that holds <c>libtorch_cpu.so</c>, or the one
    /// above its <c>lib</c> folder, for example <c>site-packages/torch</c> of a Python installation.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the environment variable <c>MEDR1_LIBTORCH</c>, then the
    /// application folder, then the NuGet package folder.</value>
    public string? LibtorchFolder { get; init; }

    /// <summary>Path of TorchSharp's own native library, <c>libLibTorchSharp.so</c>.</summary>
    /// <value>The default is <see langword="null"/>: the application folder, then the NuGet package folder.</value>
    public string? BindingLibrary { get; init; }
}
