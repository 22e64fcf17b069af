namespace MedR1.Modeling;

/// <summary>Finds functions of libtorch's CUDA library and of the CUDA runtime that it has loaded.</summary>
internal static class CudaLibrary
{
    /// <summary>Looks up functions in the library.</summary>
    /// <param name="take">
    /// Looks the functions up by name, in the library and its dependencies; can return <see langword="null"/>.
    /// </param>
    /// <returns>The functions, or <see langword="null"/> if libtorch has no CUDA or lacks one of them.</returns>
    public static T? Find<T>(Func<nint, T?> take)
        where T : class
    {
        nint library = TorchRuntime.Load(new TorchRuntimeOptions()).TorchCuda;
        try
        {
            return library == 0 ? null : take(library);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }
}
