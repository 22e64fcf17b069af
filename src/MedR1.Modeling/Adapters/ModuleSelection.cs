using System.Text.RegularExpressions;

namespace MedR1.Modeling;

/// <summary>A selection of layers: a list of names, a pattern, or all linear ones, as in PEFT.</summary>
public sealed record ModuleSelection
{
    private const string AllLinearName = "all-linear";

    // A pattern comes from a file; a pathological one must not hang the program.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private ModuleSelection(IReadOnlyList<string>? names, string? pattern)
    {
        Names = names;
        Pattern = pattern;
    }

    /// <summary>Every linear layer of the network except its head.</summary>
    public static ModuleSelection AllLinear { get; } = new(null, AllLinearName);

    /// <summary>Whole names or ends of names, such as <c>q_proj</c>; null for a pattern.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>A regular expression for whole names; null for a list.</summary>
    public string? Pattern { get; }

    /// <summary>Whether this is <see cref="AllLinear"/>.</summary>
    public bool IsAllLinear => string.Equals(Pattern, AllLinearName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Selects by name: a layer whose name is one of these, or ends with a dot and one of these.</summary>
    /// <param name="names">Names or ends of names.</param>
    public static ModuleSelection Of(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new ModuleSelection([.. names], null);
    }

    /// <summary>Selects by a regular expression that must match the whole name.</summary>
    /// <param name="pattern">The expression, or <c>all-linear</c>.</param>
    public static ModuleSelection Matching(string pattern)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        return new ModuleSelection(null, pattern);
    }

    /// <inheritdoc/>
    public bool Equals(ModuleSelection? other) => other is not null && Pattern == other.Pattern
        && (Names is null ? other.Names is null : other.Names is not null && Names.SequenceEqual(other.Names));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pattern, Names?.Count);

    /// <inheritdoc/>
    public override string ToString() => Pattern ?? string.Join(", ", Names!);

    /// <summary>Whether a name is one of a list, or ends with one behind a dot.</summary>
    internal static bool IsNamed(string name, string listed) =>
        name == listed || name.EndsWith($".{listed}", StringComparison.Ordinal);

    internal static bool Matches(string name, string pattern) =>
        Regex.IsMatch(name, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant, Patience);

    /// <summary>Whether a layer of this name is meant.</summary>
    internal bool Includes(string name, AdaptableLayerKind kind)
    {
        if (IsAllLinear)
            return kind == AdaptableLayerKind.Linear && name != AdapterHost.Head;
        return Names is null ? Matches(name, Pattern!) : Names.Any(listed => IsNamed(name, listed));
    }
}
