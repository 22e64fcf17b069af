namespace MedR1.Evaluation;

/// <summary>A report's main figures; fractions are between 0 and 1, the interval is Wilson's at 95 %.</summary>
internal sealed record ReportSummary(
    int Questions, int Right, double Accuracy, double Low, double High, double Chance, int Unreadable, int Truncated);
