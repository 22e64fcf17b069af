using Microsoft.CodeAnalysis;

namespace MedR1.Conventions.Tests;

/// <summary>What code is compiled against here: .NET, every package of the repository, and their dependencies.</summary>
internal static class PackageReferences
{
    public static IReadOnlyList<MetadataReference> All { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];
}
