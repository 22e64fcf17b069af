namespace MedR1.Conformance;

/// <summary>The results of the cases of a kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Results">The cases that ran.</param>
/// <param name="NotRun">
/// The cases that this runner can't check, each with the reason; all of them if it doesn't know the kind.
/// </param>
public sealed record KindResult(string Kind, IReadOnlyList<CaseResult> Results, IReadOnlyList<string> NotRun)
{
    /// <summary>The number of cases that passed.</summary>
    public int PassedCount => Results.Count(result => result.Passed);

    /// <summary>Returns the line to print for the kind.</summary>
    public string Summary
    {
        get
        {
            if (Results.Count == 0)
            {
                return $"{Kind}: not run ({NotRun.Count} cases)";
            }

            double largest = Results.Max(result => result.LargestShare);
            string rest = NotRun.Count > 0 ? $", {NotRun.Count} not run" : "";
            return $"{Kind}: {Results.Count} cases, {PassedCount} passed, largest error {largest:P1} of the tolerance{rest}";
        }
    }
}
