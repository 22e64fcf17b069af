using System.Text.Json.Serialization;

namespace MedR1.Rewards;

/// <summary>A decision tree as deserialized from its JSON document, not yet validated.</summary>
internal sealed record TreeDocument
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public string? Name { get; init; }

    public string? Source { get; init; }

    public string? Order { get; init; }

    public string? Root { get; init; }

    public Dictionary<string, FindingDocument?>? Findings { get; init; }

    public Dictionary<string, NodeDocument?>? Nodes { get; init; }
}

/// <summary>A finding: the phrases that state it or its absence, or a range of a measure.</summary>
internal sealed record FindingDocument
{
    public string?[]? Phrases { get; init; }

    public string?[]? AbsentPhrases { get; init; }

    public RangeDocument? Range { get; init; }
}

/// <summary>Bounds of a measure, and words of which at least one must be in the same clause.</summary>
internal sealed record RangeDocument
{
    public string? Unit { get; init; }

    public double? AtLeast { get; init; }

    public double? Above { get; init; }

    public double? AtMost { get; init; }

    public double? Below { get; init; }

    public string?[]? Near { get; init; }

    public bool Holds(double value) =>
        !(Compare(value, AtLeast) < 0) && !(Compare(value, Above) <= 0) && !(Compare(value, AtMost) > 0)
        && !(Compare(value, Below) >= 0);

    // 7 · 0.01 / 0.01 is 7.000000000000001: converting units may lose the last digits.
    private static int? Compare(double value, double? bound) => bound is not double number ? null
        : Math.Abs(value - number) <= 1e-12 * Math.Abs(number) ? 0 : value.CompareTo(number);
}

/// <summary>A question with branches, or a leaf with a diagnosis and other names for it.</summary>
internal sealed record NodeDocument
{
    public string? Question { get; init; }

    public BranchDocument?[]? Branches { get; init; }

    public string? Diagnosis { get; init; }

    public string?[]? Answers { get; init; }
}

/// <summary>
/// The next node if a finding is present, if it is absent, or otherwise, if nothing else that the node asks about is stated.
/// </summary>
internal sealed record BranchDocument
{
    public string? Finding { get; init; }

    public bool Absent { get; init; }

    public bool Otherwise { get; init; }

    public string? To { get; init; }
}
