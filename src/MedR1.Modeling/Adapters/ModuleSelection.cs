namespace MedR1.Modeling;

/// <summary>A selection of layers, as in PEFT: a list of names, a pattern, or all linear layers.</summary>
public sealed record ModuleSelection
{
    private const string AllLinearName = "all-linear";

    private ModuleSelection(IReadOnlyList<string>? names, string? pattern)
    {
        Names = names;
        Pattern = pattern;
    }

    /// <summary>Every linear layer of the network except its head.</summary>
    public static ModuleSelection AllLinear { get; } = new(null, AllLinearName);

    /// <summary>Names or ends of names, such as <c>q_proj</c>; <see langword="null"/> for a pattern.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>A regular expression that matches whole names; <see langword="null"/> for a list.</summary>
    public string? Pattern { get; }

    /// <summary>Whether this is <see cref="AllLinear"/>.</summary>
    public bool IsAllLinear => string.Equals(Pattern, AllLinearName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Selects layers whose name is one of the given names, or ends with a dot and one of them.</summary>
    /// <param name="names">Names or ends of names.</param>
    public static ModuleSelection Of(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new ModuleSelection([.. names], null);
    }

    /// <summary>Selects layers by a regular expression that must match the whole name.</summary>
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

    /// <summary>Whether a name equals a listed name, or ends with a dot and the listed name.</summary>
    internal static bool IsNamed(string name, string listed) =>
        name == listed || name.EndsWith($".{listed}", StringComparison.Ordinal);

    /// <summary>Whether a layer is selected.</summary>
    internal bool Includes(string name, AdaptableLayerKind kind) =>
        IsAllLinear ? kind == AdaptableLayerKind.Linear && name != AdapterHost.Head : IncludesName(name);

    /// <summary>Whether a layer is selected where <c>all-linear</c> is an expression like any other, which matches no layer.</summary>
    internal bool IncludesName(string name) =>
        Names is null ? ModulePatterns.MatchesAll(name, Pattern!) : Names.Any(listed => IsNamed(name, listed));
}
