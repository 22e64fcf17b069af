namespace MedR1.Modeling;

/// <summary>TorchSharp's own native library, loaded into the process.</summary>
/// <param name="Handle">The loader's handle.</param>
/// <param name="Path">The file from which it was loaded.</param>
/// <param name="Load">How it was loaded.</param>
/// <param name="WeakenedVersions">Version requirements that were marked as optional.</param>
internal sealed record LoadedBinding(
    nint Handle,
    string Path,
    TorchBindingLoad Load,
    IReadOnlyList<string> WeakenedVersions);
