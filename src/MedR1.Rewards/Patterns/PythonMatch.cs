namespace MedR1.Rewards;

/// <summary>Where an expression matched.</summary>
/// <param name="Start">The first character's place, counted in code points as Python does.</param>
/// <param name="End">The place behind the last character, counted in code points.</param>
/// <param name="Value">The text that matched.</param>
/// <param name="Groups">The texts of the groups from group 1 on; <see langword="null"/> for one that took no
/// part.</param>
public sealed record PythonMatch(int Start, int End, string Value, IReadOnlyList<string?> Groups);
