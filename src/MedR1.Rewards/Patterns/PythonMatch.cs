namespace MedR1.Rewards;

/// <summary>A match of a <see cref="PythonRegex"/>.</summary>
/// <param name="Start">The position of the first character, counted in code points as in Python.</param>
/// <param name="End">The position after the last character, counted in code points.</param>
/// <param name="Value">The text that matched.</param>
/// <param name="Groups">The texts of the groups from group 1 on; <see langword="null"/> for a group that did not participate.</param>
public sealed record PythonMatch(int Start, int End, string Value, IReadOnlyList<string?> Groups);
