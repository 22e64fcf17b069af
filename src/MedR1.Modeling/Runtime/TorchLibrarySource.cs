namespace MedR1.Modeling;

/// <summary>The rule that found the folder of libtorch.</summary>
public enum TorchLibrarySource
{
    /// <summary><see cref="TorchRuntimeOptions.LibtorchFolder"/>.</summary>
    Option,

    /// <summary>The environment variable <c>MEDR1_LIBTORCH</c>.</summary>
    EnvironmentVariable,

    /// <summary>The application folder, or a folder for native libraries below it.</summary>
    ApplicationFolder,

    /// <summary>The NuGet package folder: nothing was copied to the application.</summary>
    NuGetPackageFolder,

    /// <summary>libtorch was already loaded before <see cref="TorchRuntime"/> was called.</summary>
    AlreadyLoaded,
}
