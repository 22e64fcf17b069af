namespace MedR1.Modeling;

/// <summary>
/// Options for where <see cref="TorchRuntime"/> looks for TorchSharp's native libraries and how they use memory and threads.
/// </summary>
public sealed record TorchRuntimeOptions
{
    /// <summary>
    /// Folder of an external libtorch 2.10 (CPU or CUDA): the folder that contains <c>libtorch_cpu.so</c>, or the parent of its
    /// <c>lib</c> folder, for example <c>site-packages/torch</c> of a Python installation.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the environment variable <c>MEDR1_LIBTORCH</c>, then the application folder, then
    /// the NuGet package folder.
    /// </value>
    public string? LibtorchFolder { get; init; }

    /// <summary>Path of TorchSharp's own native library, <c>libLibTorchSharp.so</c>.</summary>
    /// <value>The default is <see langword="null"/>: the application folder, then the NuGet package folder.</value>
    public string? BindingLibrary { get; init; }

    /// <summary>
    /// Version of libtorch, such as <c>2.11</c>, that TorchSharp's own native library was built for. Set it only for a library
    /// built from TorchSharp's sources against that version; a mismatch crashes the process (docs/native-runtime.md).
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the environment variable <c>MEDR1_LIBTORCH_VERSION</c> or, if that is not set, the
    /// version of the package TorchSharp.
    /// </value>
    public Version? LibtorchVersion { get; init; }

    /// <summary>
    /// Whether the process keeps memory freed by tensors for later ones (up to 1 GiB above what is in use), on Linux with glibc.
    /// Otherwise a training step on the CPU spends up to 40 % of its time in page faults. Has no effect if the allocator is tuned
    /// by <c>GLIBC_TUNABLES</c> or a <c>MALLOC_…_</c> variable.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool KeepFreedMemory { get; init; } = true;

    /// <summary>
    /// Whether huge pages are requested for tensors of 2 MiB or more, on Linux with glibc, if libtorch isn't loaded yet. Large
    /// tensors are then filled and read faster. Has no effect if transparent huge pages are disabled in the kernel. The variable
    /// <c>THP_MEM_ALLOC_ENABLE</c> (0 or 1), if set, takes precedence.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseHugePages { get; init; } = true;

    /// <summary>
    /// Whether libtorch's CPU threads sleep after microseconds without work instead of milliseconds, on Linux with glibc, if
    /// libtorch isn't loaded yet. On otherwise idle processors this changes nothing; if other work competes for them, training is
    /// several times as fast (docs/native-runtime.md), and should be if a container may use fewer processors than it sees. Sets
    /// <c>GOMP_SPINCOUNT</c> for native libraries, unless that or <c>OMP_WAIT_POLICY</c> is set.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool LimitSpinWait { get; init; } = true;
}
