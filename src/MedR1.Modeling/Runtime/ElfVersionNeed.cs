namespace MedR1.Modeling;

/// <summary>One version of another library's symbols that an ELF library asks for.</summary>
/// <param name="Library">The other library, for example <c>libstdc++.so.6</c>.</param>
/// <param name="Name">The version, for example <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="SymbolVersion">The number by which the symbol table refers to it.</param>
/// <param name="FlagsOffset">Where the file holds the flags of this need.</param>
internal sealed record ElfVersionNeed(string Library, string Name, int SymbolVersion, long FlagsOffset);
