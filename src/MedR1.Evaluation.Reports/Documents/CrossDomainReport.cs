namespace MedR1.Evaluation.Reports;

/// <summary>All results of one run of the cross-domain protocol.</summary>
public sealed record CrossDomainReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>The results, one report per kind of domain.</summary>
    public required IReadOnlyList<TransferReport> Transfers { get; init; }

    /// <summary>Notes for the reader, such as what was left out and how short the training runs were.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Pairs of reports on the same questions, such as a model before and after its training.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<ReportComparison> Comparisons { get; init; } = [];

    /// <summary>The calibration of models that were evaluated by option probabilities.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<CalibrationReport> Calibrations { get; init; } = [];

    /// <summary>Additional curves to show, such as rewards over training steps.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<LineChart> Curves { get; init; } = [];
}
