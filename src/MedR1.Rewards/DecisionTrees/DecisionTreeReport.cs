using System.Globalization;
using System.Text;

namespace MedR1.Rewards;

/// <summary>The result of checking reasoning against a decision tree.</summary>
/// <param name="Score">
/// Sum of credits / number of steps that require a statement, at least 0; 0 if the answer matches no leaf.
/// </param>
/// <param name="Diagnosis">The leaf's diagnosis that the answer names; null if it names none or several.</param>
/// <param name="Steps">The steps of the best path from the root to such a leaf.</param>
public sealed record DecisionTreeReport(double Score, string? Diagnosis, IReadOnlyList<DecisionStep> Steps)
{
    /// <summary>The report as text, one line per node.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string heading = Diagnosis ?? "the answer names none of the tree's diagnoses";
        text.Append(CultureInfo.InvariantCulture, $"{Score:F2}: {heading}");
        foreach (DecisionStep step in Steps)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{step.Credit,4:0.#} {step.Node}: {step.Question} ");
            text.Append(step.Required).Append(": ").Append(step.Verdict);
            text.Append(step.Evidence.Length > 0 ? $" (“{step.Evidence}”)" : "");
        }

        return text.ToString();
    }
}
