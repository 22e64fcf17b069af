namespace MedR1.Evaluation.Reports;

/// <summary>All results of one run of the cross-domain protocol.</summary>
public sealed record CrossDomainReport
{
    /// <summary>The report's title.</summary>
    public required string Title { get; init; }

    /// <summary>One part per kind of domain.</summary>
    public required IReadOnlyList<TransferReport> Transfers { get; init; }

    /// <summary>What a reader must know: what was left out, how short the training runs were.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Pairs of reports on the same questions, such as a model before and after its training.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<ReportComparison> Comparisons { get; init; } = [];

    /// <summary>Calibration of models whose options were scored one by one.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<CalibrationReport> Calibrations { get; init; } = [];

    /// <summary>Additional curves to show, such as rewards over training steps.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<LineChart> Curves { get; init; } = [];
}
