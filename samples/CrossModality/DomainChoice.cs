using MedR1.Datasets;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Selects the kinds, domains and numbers of test questions that the settings name.</summary>
internal sealed class DomainChoice(ProtocolSettings settings)
{
    /// <exception cref="ArgumentException">A named domain is not in the data.</exception>
    public IEnumerable<DomainFamily> Of(IReadOnlyList<DomainFamily> families)
    {
        Domain[] all = [.. families.SelectMany(family => family.Domains)];
        if (settings.Domains.FirstOrDefault(name => !all.Any(domain => IsNamed(domain, name))) is string unknown)
        {
            throw new ArgumentException(
                $"The data has no domain '{unknown}'. It has "
                + $"{string.Join(", ", all.Select(domain => $"'{domain.Label}'"))}.");
        }

        return families.Where(family => settings.Only is null || settings.Only == family.Grouping.Replace(' ', '-'))
            .Select(family => family with { Domains = [.. family.Domains.Where(IsWanted).Select(Limited)] });
    }

    private bool IsWanted(Domain domain) =>
        settings.Domains.Count == 0 || settings.Domains.Any(name => IsNamed(domain, name));

    private Domain Limited(Domain domain) =>
        settings.TestLimit is int limit ? domain with { Test = domain.Test.Shuffle(settings.Seed).Take(limit) } : domain;

    private static bool IsNamed(Domain domain, string name) =>
        name.Equals(domain.Name, StringComparison.OrdinalIgnoreCase)
        || name.Equals(domain.Label, StringComparison.OrdinalIgnoreCase);
}
