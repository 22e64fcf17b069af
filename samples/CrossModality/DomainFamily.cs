namespace MedR1.Samples.CrossModality;

/// <summary>All domains of one kind.</summary>
/// <param name="Grouping">The kind of the domains: <c>modality</c> or <c>question type</c>.</param>
/// <param name="Domains">The domains for which the data has questions, for training and for testing.</param>
/// <param name="Missing">The domains of the protocol for which the data has none.</param>
internal sealed record DomainFamily(string Grouping, IReadOnlyList<Domain> Domains, IReadOnlyList<string> Missing)
{
    /// <summary>Domains with computer-generated images.</summary>
    public IEnumerable<Domain> Synthetic => Domains.Where(domain => domain.IsSynthetic);
}
