namespace MedR1.Modeling;

/// <summary>A symbol version that an ELF library requires of another library.</summary>
/// <param name="Library">The other library, for example <c>libstdc++.so.6</c>.</param>
/// <param name="Name">The version, for example <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="SymbolVersion">The index by which the symbol version table refers to the version.</param>
/// <param name="FlagsOffset">The file offset of the requirement's flags.</param>
internal sealed record ElfVersionNeed(string Library, string Name, int SymbolVersion, long FlagsOffset);
