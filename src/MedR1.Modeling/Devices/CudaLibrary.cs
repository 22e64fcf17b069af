namespace MedR1.Modeling;

/// <summary>Finds functions of libtorch's CUDA part and of the CUDA runtime that it brought into the process.</summary>
internal static class CudaLibrary
{
    /// <summary>Takes functions out of the library.</summary>
    /// <param name="take">
    /// Looks them up by name; the loader looks in the library and in those that it needs. Null where there is nothing to
    /// take.
    /// </param>
    /// <returns>The functions, or null where libtorch has no CUDA or not all of them.</returns>
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
