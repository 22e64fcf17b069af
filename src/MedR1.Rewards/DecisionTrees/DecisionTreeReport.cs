using System.Globalization;
using System.Text;

namespace MedR1.Rewards;

/// <summary>How a reasoning follows a decision tree to its answer.</summary>
/// <param name="Score">Sum of credits / steps that ask for a statement, at least 0; 0 if the answer is no leaf.</param>
/// <param name="Diagnosis">The leaf's diagnosis that the answer gives; null if it gives none or several.</param>
/// <param name="Steps">The steps of the best way to such a leaf, from the root.</param>
public sealed record DecisionTreeReport(double Score, string? Diagnosis, IReadOnlyList<DecisionStep> Steps)
{
    /// <summary>The report in words, a line for each node.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        string heading = Diagnosis ?? "the answer names no diagnosis of the tree";
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
