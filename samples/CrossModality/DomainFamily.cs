namespace MedR1.Samples.CrossModality;

/// <summary>All domains of one kind.</summary>
/// <param name="Grouping">What they are: <c>modality</c> or <c>question type</c>.</param>
/// <param name="Domains">Those that the data has questions of, for training and for testing.</param>
/// <param name="Missing">Those of the protocol that it has not.</param>
internal sealed record DomainFamily(string Grouping, IReadOnlyList<Domain> Domains, IReadOnlyList<string> Missing)
{
    /// <summary>Domains whose pictures a program drew.</summary>
    public IEnumerable<Domain> Synthetic => Domains.Where(domain => domain.IsSynthetic);
}
