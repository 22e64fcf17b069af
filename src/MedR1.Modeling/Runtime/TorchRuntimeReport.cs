namespace MedR1.Modeling;

/// <summary>What <see cref="TorchRuntime"/> loaded and from where, for diagnostics.</summary>
/// <param name="LibtorchFolder">Folder of the loaded libtorch.</param>
/// <param name="Source">The rule that found the folder.</param>
/// <param name="LibtorchVersion">Version of the loaded libtorch, for example <c>2.10</c>.</param>
/// <param name="HasCuda">Whether the folder contains the CUDA libraries; does not imply that a GPU is usable.</param>
/// <param name="BindingLibrary">Path of TorchSharp's own native library.</param>
/// <param name="BindingLoad">How TorchSharp's own native library was loaded.</param>
/// <param name="WeakenedVersions">Version requirements that were marked as optional, for example <c>GLIBCXX_3.4.32</c>.</param>
public sealed record TorchRuntimeReport(
    string LibtorchFolder,
    TorchLibrarySource Source,
    string LibtorchVersion,
    bool HasCuda,
    string BindingLibrary,
    TorchBindingLoad BindingLoad,
    IReadOnlyList<string> WeakenedVersions)
{
    /// <summary>Returns the report as text, one line per library.</summary>
    public override string ToString() => string.Join(
        Environment.NewLine,
        $"libtorch: {LibtorchVersion} ({(HasCuda ? "CUDA" : "CPU")}) in {LibtorchFolder} (found by: {Source})",
        $"binding:  {BindingLibrary} ({BindingLoad})"
            + (WeakenedVersions.Count == 0 ? "" : $", made optional: {string.Join(", ", WeakenedVersions)}"));
}
