namespace MedR1.Sampling.Remote;

/// <summary>Collects mistakes, so that all are reported at once.</summary>
internal sealed class MistakeList
{
    private readonly List<string> _mistakes = [];

    /// <summary>Adds a mistake if a condition doesn't hold.</summary>
    public void Require(bool holds, FormattableString mistake)
    {
        if (!holds)
        {
            _mistakes.Add(FormattableString.Invariant(mistake));
        }
    }

    /// <summary>Adds mistakes that were found elsewhere.</summary>
    public void Add(IEnumerable<string> mistakes) => _mistakes.AddRange(mistakes);

    /// <summary>Throws if there is a mistake.</summary>
    public void ThrowIfAny(Func<IReadOnlyList<string>, Exception> exception)
    {
        if (_mistakes.Count > 0)
        {
            throw exception(_mistakes);
        }
    }
}
