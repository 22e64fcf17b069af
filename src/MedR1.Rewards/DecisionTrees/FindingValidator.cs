namespace MedR1.Rewards;

/// <summary>Finds every mistake in the findings of a decision tree.</summary>
internal sealed class FindingValidator(IReadOnlyDictionary<string, FindingDocument?> findings, List<string> problems)
{
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);

    public void Run()
    {
        foreach ((string name, FindingDocument? finding) in findings)
        {
            if (finding?.Phrases is not { Length: > 0 } && finding?.Range is null)
            {
                problems.Add($"finding '{name}' has neither phrases nor a range, so no text can state it: give one of them.");
            }

            CheckPhrases(finding?.Phrases, $"the presence of '{name}'");
            CheckPhrases(finding?.AbsentPhrases, $"the absence of '{name}'");
            if (finding?.Range is RangeDocument range)
            {
                CheckRange(name, range);
            }
        }
    }

    private void CheckPhrases(string?[]? phrases, string meaning)
    {
        foreach (string? phrase in phrases ?? [])
        {
            string key = string.Join(' ', Word.Phrase(phrase ?? ""));
            if (key.Length == 0)
            {
                problems.Add($"a phrase for {meaning} contains no word: '{phrase}'.");
            }
            else if (!_owners.TryAdd(key, meaning))
            {
                problems.Add(
                    _owners[key] == meaning
                        ? $"the phrase '{phrase}' is listed twice for {meaning}."
                        : $"the phrase '{phrase}' is ambiguous: it means {_owners[key]} and {meaning}.");
            }
        }
    }

    private void CheckRange(string name, RangeDocument range)
    {
        if (range.Unit is null || !NumericOptions.MedicalUnits.ContainsKey(range.Unit))
        {
            problems.Add(
                $"the range of finding '{name}' has the unknown unit '{range.Unit}': use one of "
                + $"{string.Join(", ", NumericOptions.MedicalUnits.Keys)}.");
        }

        if (range is { AtLeast: not null, Above: not null } or { AtMost: not null, Below: not null })
        {
            problems.Add(
                $"the range of finding '{name}' has two lower or two upper bounds: give either atLeast or above, and either atMost "
                + "or below.");
        }

        double? lower = range.AtLeast ?? range.Above;
        double? upper = range.AtMost ?? range.Below;
        if (lower is null && upper is null)
        {
            problems.Add($"the range of finding '{name}' has no bound: give atLeast, above, atMost or below.");
        }
        else if (lower > upper || (lower == upper && (range.Above is not null || range.Below is not null)))
        {
            problems.Add($"the range of finding '{name}' is empty: from {lower?.ToText()} to {upper?.ToText()}.");
        }

        if ((range.Near ?? []).Any(string.IsNullOrWhiteSpace))
        {
            problems.Add($"the range of finding '{name}' has an empty word in near.");
        }
    }
}
